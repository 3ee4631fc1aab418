"""Proof of work, a form's colours, and how often it is shown."""

import base64
import html
import json
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import altcha
import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import FrameLocator, Page
from pytest_django.live_server_helper import LiveServer

from accounts.brands import colours
from accounts.models import Organisation, User
from contacts.models import Contact, Field, MailingList, SignupForm, SignupRequest, SpentProof, Subscription
from contacts.signup import colouring, confirming, counting, sweeping
from contacts.signup.robots import limits, proof
from delivery.models import Chunk, Message
from tests.running import script
from tests.tracking.test_signup import browser, form, news, post, seasoned, way_out
from tests.web.browser import visitor

__all__ = ["browser", "form", "news", "way_out"]
pytestmark = pytest.mark.usefixtures("organisation")


@pytest.fixture
def guarded(form: SignupForm) -> SignupForm:
    form.proof_of_work = True
    form.save()
    return form


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The puzzle of a moment."""
    monkeypatch.setattr(proof, "_ROUNDS", 20)


def challenge_of(page: str) -> str:
    return html.unescape(re.search(r'data-challenge="([^"]+)"', page)[1])  # type: ignore[index]


def solution_of(challenge: str) -> str:
    asked = altcha.Challenge.from_dict(json.loads(challenge))
    found = altcha.solve_challenge(asked)
    assert found
    return altcha.Payload(asked, found).to_base64()


@pytest.mark.usefixtures("quick")
def test_a_proof_is_good_for_one_sign_up_of_its_form_and_lapses(
    browser: Client, guarded: SignupForm, news: MailingList
) -> None:
    page = browser.get(f"/f/{guarded.key}")
    assert not page.cookies
    solved = solution_of(challenge_of(page.content.decode()))
    assert post(browser, guarded, "no address", proof=solved).status_code == 422  # and is not spent by that
    assert "Thank you" in post(browser, guarded, "ada@example.com", proof=solved).content.decode()
    again = post(browser, guarded, "ben@example.com", proof=solved)
    assert (again.status_code, "Please press the button once more." in again.content.decode()) == (422, True)
    other = SignupForm.objects.create(name="Other", proof_of_work=True)
    other.lists.add(news)
    now = timezone.now()
    foreign, old = proof.challenge(other.key, now), proof.challenge(guarded.key, now - proof.VALID_FOR * 2)
    for given in (solution_of(foreign), solution_of(old)):
        assert post(browser, guarded, "cy@example.com", proof=given).status_code == 422
    assert [request.email for request in SignupRequest.objects.all()] == ["ada@example.com"]
    assert SpentProof.objects.count() == 1
    sweeping.sweep(now + proof.VALID_FOR + timedelta(minutes=1))
    assert not SpentProof.objects.exists()


MADE_UP: list[object] = [
    [],
    {"challenge": 1, "solution": []},
    {"challenge": {"parameters": {}, "signature": 3}, "solution": {"counter": -1, "derivedKey": None}},
    "[" * 900,
]


@pytest.mark.parametrize(
    "made_up", ["x", "%%%", "A" * 5000, *(base64.b64encode(json.dumps(one).encode()).decode() for one in MADE_UP)]
)
def test_what_is_no_proof_is_refused_in_words(browser: Client, guarded: SignupForm, made_up: str) -> None:
    assert post(browser, guarded, "ada@example.com", proof=made_up).status_code == 422
    assert not SignupRequest.objects.exists()


@pytest.mark.usefixtures("quick")
def test_without_scripts_few_an_hour_are_taken_and_each_confirms_by_mail(
    browser: Client, guarded: SignupForm, news: MailingList
) -> None:
    MailingList.objects.update(opt_in=MailingList.OptIn.SINGLE)
    page = browser.get(f"/f/{guarded.key}").content.decode()
    assert "Your browser runs no scripts. You can sign up all the same" in page
    assert post(browser, guarded, "new@example.com", stamp="").status_code == 200  # plain HTML of another site
    assert not Subscription.objects.exists()
    assert Message.objects.get().email == "new@example.com"
    answers = [post(browser, guarded, f"{n}@example.com", "198.51.100.7") for n in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert "Several people signed up without scripts" in answers[-1].content.decode()
    assert SignupRequest.objects.count() == 1 + limits.WITHOUT_PROOF_FROM_NETWORK
    solved = solution_of(challenge_of(answers[-1].content.decode()))
    assert post(browser, guarded, "last@example.com", "198.51.100.7", proof=solved).status_code == 200
    assert [one.contact.email for one in Subscription.objects.all()] == ["last@example.com"]


@contextmanager
def shop(page: str) -> Iterator[str]:
    """Somebody else's site with that page: another origin than ours, in the same network."""

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def sign_up(within: Page | FrameLocator, form: SignupForm, email: str) -> None:
    """By the button; the stamp is as old as that of somebody who reads first."""
    within.locator("input[name=email]").fill(email)
    within.locator("input[name=stamp]").evaluate("(field, value) => { field.value = value }", seasoned(form))
    within.locator("button.btn-primary").click()
    within.get_by_role("heading", name="Thank you").wait_for()


@pytest.mark.django_db(transaction=True)
def test_browsers_solve_the_puzzle_on_the_page_and_in_a_frame_and_do_without_scripts(
    guarded: SignupForm, live_server: LiveServer, client_for: Callable[[User], Client], marketer: User
) -> None:  # over a second: that is what the puzzle is for
    code = html.unescape(client_for(marketer).get(f"/forms/{guarded.pk}/").content.decode())
    frame = html.unescape(re.search(r"<iframe[^>]+></iframe>", html.unescape(code))[0])  # type: ignore[index]
    here = f"{live_server.url}/f/{guarded.key}"
    frame = re.sub(r'src="[^"]+"', f'src="{here}/frame"', frame)
    with visitor(live_server.url, None) as visit:
        page = visit.page
        page.goto(here)
        visit.look()
        sign_up(page, guarded, "page@example.com")
        with shop(f'<!doctype html><link rel="icon" href="data:,">{frame}') as address:
            page.goto(address)
            sign_up(page.frame_locator("iframe"), guarded, "frame@example.com")
        browser = page.context.browser
        assert browser
        plain = browser.new_context(java_script_enabled=False).new_page()
        plain.goto(here)
        assert plain.locator("noscript p").is_visible()
        plain.locator("input[name=email]").fill("plain@example.com")
        plain.wait_for_timeout(2100)  # without scripts nobody makes the stamp older than it is
        plain.locator("button.btn-primary").click()
        plain.get_by_role("heading", name="Thank you").wait_for()
    assert not visit.found, visit.found
    assert SpentProof.objects.count() == 2
    ways = dict(SignupRequest.objects.values_list("email", "way"))
    assert ways == {"page@example.com": "page", "frame@example.com": "frame", "plain@example.com": "page"}


@pytest.mark.django_db(transaction=True)
def test_a_frame_on_somebody_s_site_shows_the_form_whole_on_phones_too(
    form: SignupForm, live_server: LiveServer, client_for: Callable[[User], Client], marketer: User
) -> None:
    form.lists.add(MailingList.objects.create(name="Läufer und Läuferinnen der Donaudampfschifffahrt, Ortsgruppe Nord"))
    Field.objects.create(key="about", label="What about", kind="choices", options=["Sea", "Land", "Air"])
    form.fields += [{"key": "last_name", "required": True}, {"key": "about", "required": False}]
    form.visitor_chooses = form.asks_counting = True
    form.intro = "Four books a month, every first Sunday, and now and then an evening with somebody who wrote one."
    form.language = "de"
    form.save()
    code = html.unescape(client_for(marketer).get(f"/forms/{form.pk}/").content.decode())
    frame = html.unescape(re.search(r"<iframe[^>]+></iframe>", html.unescape(code))[0])  # type: ignore[index]
    frame = re.sub(r'src="[^"]+"', f'src="{live_server.url}/f/{form.key}/frame"', frame)
    with (
        visitor(live_server.url, None) as visit,
        shop(f'<!doctype html><link rel="icon" href="data:,">{frame}') as site,
    ):
        for width in (360, 1000):
            visit.page.set_viewport_size({"width": width, "height": 800})
            visit.page.goto(site)
            button = visit.page.frame_locator("iframe").locator("button.btn-primary")
            button.wait_for()
            hidden = button.evaluate("() => document.documentElement.scrollHeight - innerHeight")
            assert hidden <= 0, f"{hidden} px are out of sight at {width} px"
            assert button.evaluate("one => innerHeight - one.getBoundingClientRect().bottom") < 500


KILLED = """
import sys, time, django
django.setup()
from django.db import transaction
from django.test import Client
from contacts.signup.signals import mail_wanted
def wait():
    print("the mail is in the ledger", flush=True)
    time.sleep(600)
when, path, *fields = sys.argv[1:]
def written(**_):  # after the receiver that writes the mail
    wait() if when == "midway" else transaction.on_commit(wait)
mail_wanted.connect(written)
Client(SERVER_NAME="localhost").post(path, dict(zip(fields[::2], fields[1::2])))
"""


def killed(when: str, path: str, **fields: str) -> None:
    """A process that is gone between writing the mail and the end of its transaction ("midway"), or "answering"."""
    given = [word for pair in fields.items() for word in pair]
    with script(KILLED, when, path, *given) as worker:
        assert worker.stdout
        assert worker.stdout.readline().startswith(b"the mail is in the ledger")
        worker.send_signal(signal.SIGKILL)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("quick")
def test_a_process_killed_during_a_sign_up_leaves_nothing_half_done(
    browser: Client, guarded: SignupForm, news: MailingList
) -> None:  # over a second: a process of its own has to start and be killed
    solved = solution_of(proof.challenge(guarded.key, timezone.now()))
    typed = {"email": "ada@example.com", "stamp": seasoned(guarded), "proof": solved}
    killed("midway", f"/f/{guarded.key}", **typed)
    assert not SignupRequest.objects.exists()
    assert not Message.objects.exists()
    assert not SpentProof.objects.exists()
    assert counting.sums(guarded)["asked"] == 0
    assert browser.post(f"/f/{guarded.key}", typed).status_code == 200  # the same page, sent once more
    assert Message.objects.get().email == "ada@example.com"
    assert (SignupRequest.objects.count(), Contact.objects.count()) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_before_it_answers_a_sign_up_lost_nothing_and_the_second_press_sends_no_second_mail(
    browser: Client, form: SignupForm, news: MailingList
) -> None:  # over a second: two processes have to start and be killed
    typed = {"email": "ada@example.com", "stamp": seasoned(form)}
    killed("answering", f"/f/{form.key}", **typed)
    message = Message.objects.get()
    assert Chunk.objects.get(batch=message.batch_id).pending == 1, "it will be sent"
    assert browser.post(f"/f/{form.key}", typed).status_code == 200
    assert (Message.objects.get(), SignupRequest.objects.count()) == (message, 1)
    killed("midway", f"/f/{form.key}", email="ben@example.com", stamp=seasoned(form))
    assert not SignupRequest.objects.filter(key="ben@example.com").exists()
    assert counting.sums(form)["asked"] == 1


def test_colours_that_cannot_be_read_are_refused_with_one_that_can(
    client_for: Callable[[User], Client], marketer: User, form: SignupForm, news: MailingList, browser: Client
) -> None:
    staff = client_for(marketer)
    typed = {"name": "Night", "lists": [news.pk], "confirm_days": "7", "has_colours": "on", "button_colour": "#FFE600"}
    dim = {**typed, "background_colour": "#101418", "text_colour": "#3a3f45"}
    refused = staff.post(f"/forms/{form.pk}/edit/", dim)
    assert refused.status_code == 422
    assert "the contrast is 1.7 to 1, and needs 4.5 to 1." in refused.content.decode()
    assert "This text is hard to read" in staff.post("/forms/preview/", dim).content.decode()
    better = re.search(r"(#[0-9a-f]{6}) would do", refused.content.decode())
    assert better
    saved = staff.post(f"/forms/{form.pk}/edit/", {**dim, "text_colour": better[1]})
    assert saved.status_code == 302
    page = browser.get(f"/f/{form.key}").content.decode()
    assert "color-scheme: dark" in page
    assert all(colour in page for colour in ("#101418", better[1], "color: #23262b; background: #ffe600"))
    assert staff.post(f"/forms/{form.pk}/edit/", {**dim, "text_colour": "red;}"}).status_code == 422
    staff.post(f"/forms/{form.pk}/edit/", {key: typed[key] for key in ("name", "lists", "confirm_days")})
    form.refresh_from_db()
    assert (form.background_colour, form.look) == ("", None)


@pytest.mark.parametrize("button", ["#ffe600", "#ffffff", "#1f4fa8", "#000000"])
@pytest.mark.parametrize(("ground", "text"), [("#ffffff", "#1c1f24"), ("#101418", "#eeeeee"), ("#7a1f3d", "#ffffff")])
def test_whatever_a_form_wears_its_words_and_edges_can_be_seen(ground: str, text: str, button: str) -> None:
    look = colouring.of(ground, text, button)
    for words, on in ((look.muted, ground), (look.link, ground), (look.on_button, button)):
        assert colours.contrast(words, on) >= 4.5
    for edge in (look.line_strong, look.button_edge):
        assert colours.contrast(edge, ground) >= 3


@pytest.mark.parametrize(
    ("zone", "hours"), [("Pacific/Auckland", 12), ("America/Los_Angeles", -7), ("Asia/Kolkata", 5.5)]
)
def test_days_of_a_forms_funnel_are_the_organisations(
    form: SignupForm, organisation: Organisation, zone: str, hours: float
) -> None:
    organisation.time_zone = zone
    organisation.save()
    midnight = datetime(2026, 6, 10, tzinfo=UTC) - timedelta(hours=hours)
    for moment in (midnight - timedelta(minutes=40), midnight + timedelta(minutes=40)):
        counting.show(form, moment, to_machine=False)
        counting.add(form, "asked", moment)
    funnel = counting.funnel(form, midnight + timedelta(days=29, hours=1))
    assert funnel
    assert (funnel.since, funnel.shown, funnel.asked) == (date(2026, 6, 10), 1, 1)


def test_a_form_counts_who_saw_it_and_how_many_went_on(
    browser: Client, form: SignupForm, client_for: Callable[[User], Client], marketer: User, news: MailingList
) -> None:
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
    for _ in range(8):
        assert browser.get(f"/f/{form.key}", headers=agent).status_code == 200
    browser.get(f"/f/{form.key}/frame", headers=agent)
    browser.head(f"/f/{form.key}", headers=agent)
    browser.get(f"/f/{form.key}", headers=agent | {"Sec-Purpose": "prefetch"})
    browser.get(f"/f/{form.key}", headers={"User-Agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"})
    for name in ("ada", "ben", "cy"):
        post(browser, form, f"{name}@example.com")
    request = SignupRequest.objects.first()
    assert request
    confirming.confirm(request, lists=[news.pk], ip=None, now=timezone.now())
    funnel = counting.funnel(form, timezone.now())
    assert funnel
    assert (funnel.shown, funnel.machines, funnel.asked, funnel.confirmed) == (9, 2, 3, 1)
    page = re.sub(r"<[^>]+>|\s+", " ", client_for(marketer).get(f"/forms/{form.pk}/").content.decode())
    page = re.sub(r"\s+", " ", page)
    assert "Shown 9 – Sent 3 33.3" in page
    assert "Programs looked 2 times more." in page
    assert counting.funnel(form, timezone.now() + timedelta(days=40)) is None
    assert counting.sums(form)["asked"] == 3
