import uuid
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from pytest_django import Settings

from accounts.models import AuditEntry, User
from campaigns.models import Campaign
from delivery import connection_tests, replies
from delivery.models import Batch, Provider
from delivery.providers.check import runs, steps
from delivery.replies import Category
from delivery.routing import circuits
from tests.delivery.providers.talking import Script, closed_port, talking
from tests.running import until

ClientFor = Callable[[User], Client]
FILLED = {
    "name": "Relay",
    "host": "127.0.0.1",
    "port": 2525,
    "security": "none",
    "username": "post",
    "password": "secret",
    "connections": 5,
    "messages_per_connection": 100,
}


@pytest.fixture
def browser(admin: User, client_for: ClientFor, settings: Settings) -> Client:
    settings.ALLOW_ANY_SMTP_PORT = True
    return client_for(admin)


def relay(port: int = 2525) -> Provider:
    return Provider.objects.create(name="Relay", host="127.0.0.1", port=port, security="none")


def result_of(browser: Client, provider: Provider, begun_at: str = "provider-test") -> str:
    """The page once the test is over, and on the way the fragments a browser fetches."""
    page = browser.post(reverse(begun_at, args=[provider.pk]), follow=True)
    address, _ = page.redirect_chain[-1]
    key = address.rpartition("=")[2]
    steps_at = reverse("provider-test-steps", args=[provider.pk, key])
    until(lambda: "hx-trigger" not in browser.get(steps_at, headers={"HX-Request": "true"}).content.decode())
    return browser.get(address).content.decode()


def test_the_list_shows_every_way_out_with_its_health(browser: Client) -> None:
    relay().pause("smtp.x refused the password (535).")
    page = browser.get(reverse("providers")).content.decode()
    for words in ("Sandbox", "Relay", "Paused", "smtp.x refused the password (535)."):
        assert words in page


def test_a_provider_is_added_and_can_be_tested_at_once(browser: Client) -> None:
    answer = browser.post(reverse("provider-new"), FILLED | {"test": "1"})
    provider = Provider.objects.get(name="Relay")
    assert answer.headers["Location"].startswith(f"/providers/{provider.pk}/?test=")
    assert not provider.is_default
    assert AuditEntry.objects.filter(action="provider.added", subject="Relay").exists()


def test_a_preset_fills_in_the_form(browser: Client) -> None:
    page = browser.get(reverse("provider-new"), {"preset": "gmail"}).content.decode()
    assert 'value="smtp.gmail.com"' in page
    assert 'value="500"' in page
    assert "app password" in page.lower()


def test_an_unknown_preset_shows_an_empty_form(browser: Client) -> None:
    assert browser.get(reverse("provider-new"), {"preset": "nobody"}).status_code == 200


def test_a_working_connection_is_shown_step_by_step_and_remembered(browser: Client, transactional_db: None) -> None:
    with talking(Script()) as port:
        provider = relay(port)
        circuits.refused(provider, Category.PROVIDER_AUTH, "535 no")
        page = result_of(browser, provider)
    assert "The connection works" in page
    assert "Nothing leaves through it" not in page, "a test that passes ends the trouble"
    assert page.count("state-good") >= 5
    assert "Correct the settings" not in page
    provider.refresh_from_db()
    assert provider.tested_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_broken_connection_shows_where_it_broke_with_a_cure(browser: Client) -> None:
    page = result_of(browser, relay(closed_port()))
    assert "The connection does not work" in page
    assert "Nothing listens on port" in page
    assert "What to do:" in page
    assert page.count("not reached") == 4
    provider = Provider.objects.get(name="Relay")
    assert provider.tested_at is None
    assert provider.test_problem.startswith("Nothing listens on port")
    assert "Test failed" in browser.get(reverse("providers")).content.decode()


def test_settings_that_were_changed_are_not_blamed_for_the_old_ones(browser: Client) -> None:
    provider = relay()
    provider.failed_test("Nothing listens on port 587.")
    browser.post(reverse("provider-edit", args=[provider.pk]), FILLED | {"port": 2526})
    provider.refresh_from_db()
    assert not provider.test_failure


def test_a_provider_that_failed_its_test_becomes_the_default_only_when_asked_twice(browser: Client) -> None:
    provider = relay()
    provider.failed_test("Nothing listens on port 587.")
    for name in ("March", "April"):
        Campaign.objects.create(name=name)
    Campaign.objects.create(name="May", provider=Provider.objects.sandbox())
    asked = browser.post(reverse("provider-default", args=[provider.pk]))
    assert asked.status_code == 409
    page = asked.content.decode()
    assert "Nothing listens on port 587." in page
    assert "2 drafts would leave through it" in page
    provider.refresh_from_db()
    assert not provider.is_default
    browser.post(reverse("provider-default", args=[provider.pk]), {"anyway": "1"})
    provider.refresh_from_db()
    assert provider.is_default


def test_making_one_the_default_in_the_table_says_first_which_drafts_go_with_it(browser: Client) -> None:
    provider = relay()
    address = reverse("provider-default", args=[provider.pk])

    def is_default() -> bool:
        provider.refresh_from_db()
        return provider.is_default

    def said(page: bytes) -> str:
        return " ".join(BeautifulSoup(page, "html.parser").select("main")[0].get_text().split())

    browser.post(address)
    assert is_default(), "no draft goes with it, and new campaigns do not exist yet"
    Provider.objects.sandbox().make_default()
    for name in ("March", "April"):
        Campaign.objects.create(name=name)
    asked = browser.post(address)
    assert asked.status_code == 409
    assert "and at once 2 drafts. Now they go to the sandbox, where nobody receives them." in said(asked.content)
    assert "failed its connection test" not in said(asked.content)
    assert not is_default()
    (form,) = BeautifulSoup(asked.content, "html.parser").select("main form")
    browser.post(str(form["action"]), {str(field["name"]): str(field["value"]) for field in form.select("[name]")})
    assert is_default()
    Provider.objects.sandbox().make_default()
    shown = BeautifulSoup(browser.get(reverse("provider", args=[provider.pk])).content, "html.parser")
    (form,) = shown.select(f".acts form[action='{address}']")
    browser.post(address, {str(field["name"]): str(field["value"]) for field in form.select("[name]")})
    assert is_default(), "the page said it beside the button"


def test_each_act_says_what_it_will_do_before_it_is_pressed(browser: Client) -> None:
    provider = relay()
    Campaign.objects.create(name="March")
    shown = BeautifulSoup(browser.get(reverse("provider", args=[provider.pk])).content, "html.parser")
    said = {
        act.get_text(strip=True): " ".join(shown.select(f"#{act['aria-describedby']}")[0].get_text().split())
        for act in shown.select(".acts [aria-describedby]")
    }
    assert list(said) == ["Make it the default", "Put it in rehearsal …", "Pause", "Drain …", "Remove …"]
    assert said["Make it the default"] == (
        "Campaigns that name no provider leave through it: new ones, and at once 1 draft. "
        "Now they go to the sandbox, where nobody receives them."
    )
    assert "nobody receives it, until you end that" in said["Put it in rehearsal …"]
    assert "until you resume it" in said["Pause"]
    assert "what workers have in hand still leaves" in said["Drain …"]
    provider.make_default()
    page = browser.get(reverse("provider", args=[provider.pk])).content.decode()
    assert "Make it the default" not in page
    sandbox = " ".join(browser.get(reverse("provider", args=[Provider.objects.sandbox().pk])).content.decode().split())
    assert "become rehearsals, which nobody receives: new ones, and at once 1 draft" in sandbox
    assert "Now they leave through <bdi>Relay</bdi>." in sandbox


def test_bounds_of_numbers_stand_at_their_fields(browser: Client, settings: Settings) -> None:
    for allows, ports in ((True, "Any other from 1 to 65535 may be entered, too."), (False, "No other is possible.")):
        settings.ALLOW_ANY_SMTP_PORT = allows
        for url in ("provider-new", "mailbox-new"):
            assert ports in browser.get(reverse(url)).content.decode()
    assert "over all workers: from 1 to 200." in browser.get(reverse("provider-new")).content.decode()


@pytest.mark.django_db
def test_a_provider_that_is_removed_during_its_test_stays_removed() -> None:
    provider = relay()
    Provider.objects.filter(pk=provider.pk).delete()
    passed = [connection_tests.Step(name, connection_tests.State.GOOD, 1, "Good.") for name in steps.STEPS]
    runs.note(provider.pk, connection_tests.Run(uuid.uuid4(), steps.STEPS, passed, is_done=True))
    failed = [connection_tests.Step("dns", connection_tests.State.BAD, 1, "No.")]
    runs.note(provider.pk, connection_tests.Run(uuid.uuid4(), steps.STEPS, failed, is_done=True))
    assert not Provider.objects.filter(name="Relay").exists()


def test_what_the_server_said_is_escaped(browser: Client) -> None:
    with talking(Script({"": "554 <script>alert(1)</script>"})) as port:
        page = result_of(browser, relay(port))
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_a_forgotten_test_is_said_to_be_over(browser: Client) -> None:
    provider = relay(closed_port())
    assert "its result forgotten" in browser.get(f"/providers/{provider.pk}/?test={uuid.uuid4()}").content.decode()


def test_a_paused_provider_is_resumed_and_forgets_why(browser: Client) -> None:
    provider = relay()
    browser.post(reverse("provider-pause", args=[provider.pk]))
    provider.refresh_from_db()
    assert provider.is_paused
    assert "Nothing leaves through it" in browser.get(reverse("provider", args=[provider.pk])).content.decode()
    browser.post(reverse("provider-resume", args=[provider.pk]))
    provider.refresh_from_db()
    assert not provider.is_paused


def test_a_paused_default_is_announced_on_every_page(browser: Client, viewer: User, client_for: ClientFor) -> None:
    provider = relay()
    provider.make_default()
    provider.pause("smtp.x refused the password (535).")
    assert "Relay is paused: nothing leaves through it." in browser.get(reverse("sandbox")).content.decode()
    seen_by_viewer = client_for(viewer).get(reverse("sandbox")).content.decode()
    assert "Relay is paused" in seen_by_viewer
    assert f'href="/providers/{provider.pk}/"' not in seen_by_viewer


def test_trouble_is_told_with_cause_next_try_and_cure(browser: Client) -> None:
    provider = relay()
    provider.make_default()
    circuits.refused(provider, Category.PROVIDER_AUTH, "535 5.7.8 <b>bad</b> credentials")
    page = browser.get(reverse("provider", args=[provider.pk])).content.decode()
    assert "Nothing leaves through it" in page
    assert escape(replies.WORDS[Category.PROVIDER_AUTH]) in page
    assert "Update the password" in page
    assert "Next try" in page
    assert "is out of order: nothing leaves through it." not in page, "said once, with its cure"
    assert "535 5.7.8 &lt;b&gt;bad&lt;/b&gt; credentials" in page
    assert "Out of order" in browser.get(reverse("providers")).content.decode()
    assert "Relay is out of order: nothing leaves through it." in browser.get(reverse("sandbox")).content.decode()


def test_new_settings_are_tried_without_waiting(browser: Client) -> None:
    provider = relay()
    circuits.refused(provider, Category.PROVIDER_AUTH, "535 no")
    assert browser.post(reverse("provider-edit", args=[provider.pk]), FILLED).status_code == 302
    assert circuits.circuits()[provider.pk].is_due(timezone.now())


def test_a_provider_in_use_is_not_removed_and_the_page_says_why(browser: Client) -> None:
    provider = relay()
    Batch.objects.create(provider=provider, state="sending", rehearsal=False, content_kind="edition", content_id=1)
    page = browser.post(reverse("provider-remove", args=[provider.pk]), follow=True).content.decode()
    assert "under way through Relay" in page
    assert Provider.objects.kept().filter(pk=provider.pk).exists()


def test_a_removed_provider_is_gone_from_every_page(browser: Client) -> None:
    provider = relay()
    Batch.objects.create(provider=provider, state="done", rehearsal=False, content_kind="edition", content_id=1)
    browser.post(reverse("provider-remove", args=[provider.pk]))
    for name in ("provider", "provider-edit"):
        assert browser.get(reverse(name, args=[provider.pk])).status_code == 404


def test_the_sandbox_can_be_tested_but_neither_edited_nor_removed(browser: Client) -> None:
    sandbox = Provider.objects.sandbox()
    assert browser.get(reverse("provider-edit", args=[sandbox.pk])).status_code == 404
    assert browser.post(reverse("provider-remove", args=[sandbox.pk])).status_code == 404
    assert browser.get(reverse("provider", args=[sandbox.pk])).status_code == 200


def test_a_password_that_no_key_opens_leads_to_the_form(browser: Client, settings: Settings) -> None:
    provider = relay()
    provider.username, provider.password_sealed = "post", b"from another installation"
    provider.save()
    page = browser.post(reverse("provider-test", args=[provider.pk]), follow=True).content.decode()
    assert "cannot be read any more" in page


@pytest.mark.parametrize("role", ["marketer", "viewer"])
def test_providers_are_for_admins(role: str, request: pytest.FixtureRequest, client_for: ClientFor) -> None:
    browser = client_for(request.getfixturevalue(role))
    assert browser.get(reverse("providers")).status_code == 403
    assert browser.post(reverse("provider-new"), FILLED).status_code == 403
    assert not Provider.objects.filter(name="Relay").exists()
