import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, Session, User
from accounts.sessions import devices
from accounts.sessions.store import SessionStore

PASSWORD = "correct horse battery"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1"
LAPTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0"
Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _forget_earlier_attempts() -> None:
    cache.clear()


def logged_in(person: User, user_agent: str, address: str) -> Client:
    browser = Client(headers={"User-Agent": user_agent}, REMOTE_ADDR=address)
    browser.post("/login/", {"login": person.email, "password": PASSWORD})
    browser.get("/account/")
    return browser


def page(browser: Client) -> str:
    return browser.get("/account/").content.decode()


def numbers(browser: Client, device: str = "") -> list[str]:
    """What the buttons of the page end, where the row names that device."""
    rows = [row for row in page(browser).split("<tr>") if device in row]
    return re.findall(r"/account/sessions/(\w{16})/end/", "".join(rows))


def test_browsers_are_listed_by_device_and_network(owner: User) -> None:
    laptop = logged_in(owner, LAPTOP, "198.51.100.7")
    logged_in(owner, PHONE, "203.0.113.9")
    shown = page(laptop)
    assert "Firefox on Linux" in shown
    assert "198.51.100.0/24" in shown
    assert "Safari on iPhone" in shown
    assert "203.0.113.0/24" in shown
    assert "today" in shown


def test_one_browser_is_logged_out_and_the_others_stay(owner: User) -> None:
    laptop, phone = logged_in(owner, LAPTOP, "198.51.100.7"), logged_in(owner, PHONE, "203.0.113.9")
    tablet = logged_in(owner, PHONE.replace("iPhone", "iPad"), "203.0.113.9")
    (number,) = numbers(laptop, "iPhone")
    answer = laptop.post(f"/account/sessions/{number}/end/", follow=True).content.decode()
    assert "That browser is logged out" in answer
    assert phone.get("/account/").status_code == 302
    assert laptop.get("/account/").status_code == tablet.get("/account/").status_code == 200
    assert AuditEntry.objects.filter(action="session.ended").exists()


def test_all_other_browsers_are_logged_out_at_once(owner: User) -> None:
    laptop, phone = logged_in(owner, LAPTOP, "198.51.100.7"), logged_in(owner, PHONE, "203.0.113.9")
    laptop.post("/account/sessions/end/")
    assert phone.get("/account/").status_code == 302
    assert laptop.get("/account/").status_code == 200
    assert numbers(laptop) == []


def test_nobody_ends_the_session_of_somebody_else(client_for: Browser, owner: User, admin: User) -> None:
    logged_in(owner, PHONE, "203.0.113.9")
    (number,) = numbers(logged_in(owner, LAPTOP, "198.51.100.7"))
    assert "already" in client_for(admin).post(f"/account/sessions/{number}/end/", follow=True).content.decode()
    assert len(numbers(logged_in(owner, LAPTOP, "198.51.100.7"))) == 2


def test_sessions_that_a_new_password_or_time_ended_are_not_listed(owner: User) -> None:
    logged_in(owner, PHONE, "203.0.113.9")
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    old = logged_in(owner, LAPTOP, "198.51.100.7")
    owner.set_password(PASSWORD)
    owner.save()
    assert old.get("/account/").status_code == 302
    assert numbers(logged_in(owner, LAPTOP, "198.51.100.7")) == []


def test_the_key_of_a_session_is_not_on_the_page(owner: User) -> None:
    laptop, phone = logged_in(owner, LAPTOP, "198.51.100.7"), logged_in(owner, PHONE, "203.0.113.9")
    shown = page(laptop)
    assert all(browser.cookies["sessionid"].value not in shown for browser in (laptop, phone))


def test_somebody_brought_back_begins_without_sessions(client_for: Browser, owner: User, viewer: User) -> None:
    phone = logged_in(viewer, PHONE, "203.0.113.9")
    browser = client_for(owner)
    browser.post(f"/settings/people/{viewer.pk}/deactivate/")
    browser.post(f"/settings/people/{viewer.pk}/reactivate/")
    assert phone.get("/account/").status_code == 302
    assert numbers(logged_in(viewer, LAPTOP, "198.51.100.7")) == []


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/139.0.0.0 Safari/537.36 Edg/139.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/139.0.0.0 Safari/537.36", "Chrome on Mac"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/139.0.0.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_browsers_are_named_as_their_owners_name_them(user_agent: str, words: str) -> None:
    assert devices.in_words(user_agent) == words


def test_a_session_that_is_over_opens_nothing(owner: User) -> None:
    laptop = logged_in(owner, LAPTOP, "198.51.100.7")
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert laptop.get("/account/").headers["Location"].startswith("/login/")


@pytest.mark.django_db
def test_a_session_that_a_browser_made_up_is_not_begun_under_its_name() -> None:
    made_up = SessionStore("a" * 32)
    made_up["seen"] = "the form"
    made_up.save()
    assert made_up.session_key != "a" * 32
    assert SessionStore(made_up.session_key)["seen"] == "the form"
