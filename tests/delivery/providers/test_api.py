"""A provider by its web interface, as an admin meets it: chosen, entered, tried, looked at."""

from collections.abc import Callable, Iterator
from contextlib import closing
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.egress.allowed import Allowed
from accounts.models import User
from delivery.models import Provider
from delivery.providers.api_form import ApiProviderForm
from delivery.providers.presets import presets
from delivery.transports.api import arrival, catalogue
from tests.delivery.engine.api.web import KEY, Web
from tests.delivery.providers.test_views import result_of

ClientFor = Callable[[User], Client]
LIMITS = {"connections": 4, "per_second": "", "per_minute": "", "per_hour": "", "per_day": ""}


@pytest.fixture
def browser(admin: User, client_for: ClientFor, settings: Settings) -> Client:
    settings.EGRESS_ALLOW = Allowed.read("127.0.0.1")
    return client_for(admin)


@pytest.fixture
def web(transactional_db: None) -> Iterator[Web]:
    with closing(Web("brevo")) as made:
        yield made


def test_every_tile_says_what_it_is_good_for_and_what_not(browser: Client) -> None:
    page = browser.get(reverse("provider-choose")).content.decode()
    assert page.count("Good for") == page.count("Not for") == len(presets()) + 1
    by_api = {tile.service for tile in presets().values() if tile.api}
    assert by_api == set(catalogue.services())
    for listed in catalogue.services().values():
        form = ApiProviderForm(listed=listed)
        assert form["password"].label == listed.key.label
        assert {"name", "password"} <= {entry.name for entry in form.entries}


def test_an_account_is_entered_once_and_its_key_never_shown(browser: Client) -> None:
    address = f"{reverse('provider-new')}?preset=ses&by=api"
    entered = {"name": "SES", "username": "AKIA1", "password": KEY, "option_region": "eu-west-1", **LIMITS}
    assert "(optional)" not in browser.get(address).content.decode().partition("Configuration set")[0]
    for wrong in ({"option_region": "evil.example/x"}, {"option_region": ""}, {"username": ""}, {"password": ""}):
        refused = browser.post(address, entered | wrong)
        page = refused.content.decode()
        assert (refused.status_code, page.count("field-error")) == (422, 1 if "password" in wrong else 2), wrong
        # What was typed as the key is not sent back.
        assert ("once more" in page) == ("password" not in wrong), wrong
    assert browser.post(address, entered).status_code == 302
    made = Provider.objects.get(name="SES")
    assert (made.kind, made.service, made.host, made.port) == (
        "api",
        "amazon_ses",
        "email.eu-west-1.amazonaws.com",
        443,
    )
    assert (made.password, made.options["region"], made.per_second) == (KEY, "eu-west-1", None)
    edit = reverse("provider-edit", args=[made.pk])
    for shown in (browser.get(reverse("provider", args=[made.pk])), browser.get(edit)):
        assert KEY not in shown.content.decode()
    page = browser.get(reverse("provider", args=[made.pk])).content.decode()
    assert "What arrives of a mail" in page
    assert "Amazon SES gives each mail one of its own" in page
    assert browser.post(edit, entered | {"password": "", "option_region": "us-east-1"}).status_code == 302
    made.refresh_from_db()
    assert (made.password, made.host) == (KEY, "email.us-east-1.amazonaws.com")


@pytest.mark.parametrize("service", sorted(catalogue.services()))
def test_the_page_says_of_each_part_of_a_mail_whether_it_arrives_and_why_not(browser: Client, service: str) -> None:
    made = Provider(name="Service", kind="api", service=service, host="api.example", port=443, security="tls")
    made.password, made.options = KEY, {"region": "eu-central-1", "domain": "mg.nordlicht.example"}
    made.save()
    page = unescape(browser.get(reverse("provider", args=[made.pk])).content.decode())
    shown = [" ".join(row.partition("</tr>")[0].split()) for row in page.partition('id="arrival"')[2].split("<tr>")]
    rows = {row.removeprefix("<td>").partition("</td>")[0]: row for row in shown if row.startswith("<td>")}
    assert {"List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID", "Message-ID", "Return path"} <= rows.keys()
    for said in arrival.table(made):
        assert ("Yes" if said.arrives else "No") in rows[said.part]
        assert said.words in rows[said.part]
        assert said.arrives or said.words, said.part


def test_a_key_does_not_follow_to_another_server(browser: Client) -> None:
    made = Provider(name="Brevo", kind="api", service="brevo", host="api.brevo.com", port=443, security="tls")
    made.password = KEY
    made.save()
    entered = {"name": "Brevo", "host": "evil.example", "password": "", **LIMITS}
    answer = browser.post(reverse("provider-edit", args=[made.pk]), entered)
    assert answer.status_code == 422
    assert "not sent to another server" in answer.content.decode()


def test_a_web_interface_is_tried_step_by_step_and_then_by_a_real_mail(browser: Client, web: Web, admin: User) -> None:
    made = Provider(name="Brevo", kind="api", service="brevo", host="127.0.0.1", port=web.port, security="none")
    made.password = KEY
    made.save()
    web.refuses = web.words["login"]
    page = result_of(browser, made)
    assert "Brevo does not accept the key." in page
    assert page.count("not reached") == 2
    assert KEY not in page
    web.refuses = None
    page = result_of(browser, made)
    assert "The connection works" in page
    assert "287 mails are left in your Brevo plan." in page
    assert "Brevo would take a mail from" in page
    rehearsed = len(web.got)
    assert all(got.headers["X-Sib-Sandbox"] == "drop" for got in web.got)
    page = result_of(browser, made, "provider-mail")
    assert "has taken a mail to" in page
    assert [got.recipient for got in web.got[rehearsed:]] == [admin.email]
    assert "X-Sib-Sandbox" not in web.got[-1].headers
