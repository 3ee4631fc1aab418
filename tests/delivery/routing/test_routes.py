"""Routes as people arrange them."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from delivery.models import Provider, Route
from delivery.replies import Category
from delivery.routing import circuits


@pytest.fixture
def browser(admin: User, client_for: Callable[[User], Client]) -> Client:
    return client_for(admin)


def make(name: str) -> Provider:
    return Provider.objects.create(name=name, host="127.0.0.1", port=2525, security="none")


def add(browser: Client, provider: Provider, **said: object) -> str:
    said = {"provider": provider.pk, "weight": 1, "stream": "marketing", "sender_domain": "news.example.org"} | said
    return browser.post(reverse("routes"), said, follow=True).content.decode()


def order() -> list[tuple[str, int]]:
    return [(row.provider.name, row.position) for row in Route.objects.order_by("position", "provider__name")]


def test_a_route_says_in_a_sentence_what_will_happen(browser: Client) -> None:
    add(browser, make("SES"), weight=3, sender_domain="News.Example.org")
    add(browser, make("Relay"), place="beside")
    page = add(browser, make("Backup"), place="after")
    words = "Marketing mail from news.example.org leaves through Relay and SES, 1 to 3; "
    assert words + "when neither of them works, through Backup." in page
    assert AuditEntry.objects.filter(action="route.added").count() == 3


def test_providers_are_moved_and_removed(browser: Client) -> None:
    for name in ("Relay", "Backup"):
        add(browser, make(name))
    assert order() == [("Relay", 1), ("Backup", 2)]
    backup = Route.objects.get(provider__name="Backup")
    browser.post(reverse("route-move", args=[backup.pk]), {"to": "up"})
    assert order() == [("Backup", 1), ("Relay", 1)], "they share"
    browser.post(reverse("route-move", args=[backup.pk]), {"to": "up"})
    assert order() == [("Backup", 1), ("Relay", 2)]
    browser.post(reverse("route-remove", args=[backup.pk]))
    assert order() == [("Relay", 1)]


def test_who_is_on_it_already_gets_another_share(browser: Client) -> None:
    relay = make("Relay")
    add(browser, relay)
    assert "its share is 4 now" in add(browser, relay, weight=4)
    assert Route.objects.get().weight == 4


def test_the_sandbox_and_nonsense_are_refused(browser: Client) -> None:
    answer = browser.post(reverse("routes"), {"provider": Provider.objects.sandbox().pk, "weight": 1})
    assert answer.status_code == 422
    for wrong in ({"sender_domain": "not a domain"}, {"weight": 0}, {"stream": "smoke"}):
        add(browser, make(f"Relay {wrong}"), **wrong)
    assert not Route.objects.exists()


def test_trouble_shows_on_the_route(browser: Client) -> None:
    relay = make("Relay")
    add(browser, relay)
    circuits.refused(relay, Category.PROVIDER_AUTH, "535 no")
    assert "Out of order" in browser.get(reverse("routes")).content.decode()


def test_a_provider_on_a_route_can_be_removed_and_leaves_it(browser: Client) -> None:
    relay = make("Relay")
    add(browser, relay)
    browser.post(reverse("provider-remove", args=[relay.pk]))
    assert not Route.objects.exists()
    assert "No routes yet" in browser.get(reverse("routes")).content.decode()
