from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.login import throttling
from accounts.models import AuditEntry, User

PASSWORD = "correct horse battery"
HERE, ELSEWHERE = "198.51.100.7", "203.0.113.9"
Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _forget_earlier_attempts() -> None:
    cache.clear()


def log_in(client: Client, email: str, password: str, address: str = HERE) -> str:
    response = client.post("/login/", {"login": email, "password": password}, REMOTE_ADDR=address)
    return "in" if response.status_code == 302 else response.content.decode()


def guess(email: str, times: int = 5, address: str = HERE) -> str:
    return [log_in(Client(), email, f"guess {number}", address) for number in range(times)][-1]


def test_five_wrong_tries_lock_the_guesser_even_with_the_right_password(client: Client, owner: User) -> None:
    assert "do not belong together" in guess(owner.email, 4)
    guess(owner.email, 1)
    page = log_in(client, owner.email, PASSWORD)
    assert "Too many wrong tries from here. The next one is possible in a minute." in page


def test_the_owner_logs_in_from_elsewhere_while_a_guesser_is_locked(client: Client, owner: User) -> None:
    guess(owner.email, 9)
    assert log_in(client, owner.email, PASSWORD, ELSEWHERE) == "in"


def test_neighbours_of_the_guesser_are_locked_too(client: Client, owner: User) -> None:
    guess(owner.email)
    assert "Too many wrong tries" in log_in(client, owner.email, PASSWORD, "198.51.100.200")


def test_a_known_browser_passes_where_a_guesser_of_the_same_network_is_locked(client: Client, owner: User) -> None:
    log_in(client, owner.email, PASSWORD)
    client.post("/logout/")
    guess(owner.email, 9)
    assert log_in(client, owner.email, PASSWORD) == "in"


def test_a_known_browser_has_five_tries_of_its_own(client: Client, owner: User) -> None:
    log_in(client, owner.email, PASSWORD)
    client.post("/logout/")
    for _ in range(5):
        log_in(client, owner.email, "wrong horse")
    assert "Too many wrong tries" in log_in(client, owner.email, PASSWORD)
    assert "Too many wrong tries" in log_in(client, owner.email, PASSWORD, ELSEWHERE)


def test_a_browser_known_for_one_person_is_a_stranger_for_another(client: Client, owner: User, viewer: User) -> None:
    log_in(client, viewer.email, PASSWORD)
    client.post("/logout/")
    guess(owner.email)
    assert "Too many wrong tries" in log_in(client, owner.email, PASSWORD)


def test_an_invented_cookie_makes_no_browser_known(client: Client, owner: User) -> None:
    guess(owner.email)
    client.cookies["known_browser"] = "eyIxIjoieCJ9:1abcde:forged"
    assert "Too many wrong tries" in log_in(client, owner.email, PASSWORD)


def test_an_address_that_nobody_has_is_locked_in_the_same_words(owner: User) -> None:
    nobody = "nobody@nordlicht.example"
    assert "Too many wrong tries" in guess(owner.email, 6)
    assert "Too many wrong tries" in guess(nobody, 6)


def test_waits_grow_to_an_hour() -> None:
    waits = [throttling.wait_after(tries) for tries in range(5, 11)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(minutes=1), timedelta(hours=1))


def test_after_the_wait_one_more_wrong_try_means_a_longer_wait(owner: User) -> None:
    guess(owner.email, 5)
    cache.delete_many(cache_gates())
    guess(owner.email, 1)
    assert "possible in 2 minutes" in guess(owner.email, 1)


def cache_gates() -> list[str]:
    return [throttling._keys("owner@nordlicht.example", throttling.network(HERE))[1]]


def test_a_good_login_begins_a_new_count(client: Client, owner: User) -> None:
    guess(owner.email, 4)
    assert log_in(client, owner.email, PASSWORD) == "in"
    assert "do not belong together" in guess(owner.email, 4)


def test_logins_and_failures_are_in_the_audit_trail(client: Client, owner: User) -> None:
    log_in(client, owner.email, "wrong horse")
    log_in(client, "my-secret@nowhere.example", "wrong horse")
    log_in(client, owner.email, PASSWORD)
    trail = list(AuditEntry.objects.order_by("id").values_list("action", "subject", "ip"))
    assert trail == [
        ("login.failed", owner.email, HERE),
        ("login.failed", "", HERE),
        ("login.succeeded", owner.email, HERE),
    ]


def test_the_present_password_is_not_guessed_at_an_open_session(client_for: Browser, owner: User) -> None:
    browser = client_for(owner)
    for _ in range(5):
        browser.post("/account/password/", {"current": "wrong", "new": "another stapled horse"})
    response = browser.post("/account/password/", {"current": PASSWORD, "new": "another stapled horse"})
    assert "Too many wrong tries" in response.content.decode()
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


def test_staff_pages_are_not_kept_by_browsers(client: Client, client_for: Browser, owner: User) -> None:
    assert client_for(owner).get("/account/").headers["Cache-Control"] == "no-store"
    assert "no-store" in client.get("/login/").headers["Cache-Control"]
