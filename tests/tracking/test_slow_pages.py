"""Pages that wait, for staff and for recipients, hold up neither opens and clicks nor their way into the database.

Takes seconds: real processes, and a table that is locked, so that the pages are slow for as long as the test likes.
"""

import http.client
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import User
from contacts.models import MailingList
from tests.running import database_url, free_port, part, until
from tests.tracking.conftest import Sent
from tracking.models import Event

_TABLE = MailingList._meta.db_table
# Copies of one database, as tests beside this one have, number their tables alike.
_WAITING = """
SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database AND d.datname = current_database()
WHERE relation = %s::regclass AND NOT granted
"""


@contextmanager
def locked() -> Iterator[None]:
    """Whoever asks for lists waits."""
    with psycopg.connect(database_url()) as other:
        other.execute(f"LOCK TABLE {_TABLE} IN ACCESS EXCLUSIVE MODE")
        yield
        other.rollback()


def waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [_TABLE])
        (count,) = cursor.fetchone() or (0,)
    return int(count)


def ask(port: int, path: str, cookie: str = "") -> int:
    with closing(http.client.HTTPConnection("localhost", port, timeout=120)) as web:
        web.request("GET", path, headers={"Cookie": cookie, "User-Agent": f"Firefox/140.0 {path}"})
        answer = web.getresponse()
        answer.read()
        return answer.status


def is_up(port: int) -> bool:
    try:
        return (ask(port, "/o/nothing"), ask(port, "/login/")) == (404, 200)
    except (OSError, http.client.HTTPException):
        return False


@pytest.mark.django_db(transaction=True)
def test_two_slow_pages_of_each_kind_starve_neither_opens_and_clicks_nor_their_intake(
    send: Callable[..., Sent], spools: Path, admin: User, client_for: Callable[[User], Client]
) -> None:
    sent, port = send(people=20), free_port()
    cookie = f"{settings.SESSION_COOKIE_NAME}={client_for(admin).cookies[settings.SESSION_COOKIE_NAME].value}"
    parts = [part(name, port, spools.parent) for name in ("web", "staff", "intake")]
    try:
        until(lambda: is_up(port), 90)
        with ThreadPoolExecutor(4) as visitors:
            with locked():
                pages = [visitors.submit(ask, port, f"{sent.unsubscribe(index)}/preferences") for index in range(2)]
                pages += [visitors.submit(ask, port, "/lists/", cookie) for _ in range(2)]
                until(lambda: waiting() == len(pages))
                opened = [ask(port, sent.open(index)) for index in range(20)]
                clicked = [ask(port, sent.click(index, index % 2)) for index in range(20)]
                assert (set(opened), set(clicked)) == ({200}, {302})
                until(lambda: Event.objects.count() == 40)
                assert waiting() == len(pages)  # none of them has come meanwhile
            assert [page.result() for page in pages] == [200] * len(pages)
    finally:
        for process in parts:
            process.terminate()
        for process in parts:
            process.wait(60)
