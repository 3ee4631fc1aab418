import pytest
from django.db import connection, transaction

from delivery.models import SandboxMail
from delivery.sandbox import store
from delivery.sandbox.store import Mail, Outcome
from tests.delivery.sandbox.conftest import RAW


@pytest.mark.django_db
def test_a_mail_to_several_people_is_kept_once_for_each() -> None:
    assert store.write([Mail("b@x.y", ("1@x.y", "2@x.y"), RAW)]) == Outcome.KEPT
    assert sorted(SandboxMail.objects.values_list("envelope_to", flat=True)) == ["1@x.y", "2@x.y"]


@pytest.mark.django_db
def test_hostile_headers_are_kept_without_what_the_database_cannot_bear() -> None:
    raw = b"Subject: a\x00b\xff =?x?q?=00?= \xed\xa0\x80\r\nFrom: " + b"x" * 5_000 + b"\r\n\r\n"
    assert store.write([Mail("b@x.y", ("1@x.y",), raw)]) == Outcome.KEPT
    kept = SandboxMail.objects.get()
    assert kept.source == raw
    assert len(kept.sender) == 400


@pytest.mark.django_db(transaction=True)
def test_the_database_tells_later_whether_a_commit_arrived() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        committed = cursor.fetchone()[0]
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT pg_current_xact_id()::text")
        rolled_back = cursor.fetchone()[0]
        cursor.execute("ROLLBACK")
    assert store.find_out(committed) == Outcome.KEPT
    assert store.find_out(rolled_back) == Outcome.NOT_KEPT
