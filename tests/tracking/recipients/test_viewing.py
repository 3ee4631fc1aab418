"""A mail as a page: that person's, as it was sent, and nothing that anybody could make up."""

import string
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from campaigns.models import Edition
from contacts import consent
from delivery import ledger, tokens
from delivery.models import Batch, Message
from tests.tracking.conftest import Sent
from tracking.models import Event
from tracking.recipients import viewing

pytestmark = pytest.mark.django_db
PAGE = (
    '<html lang="en"><head><title>N</title></head><body><p>Hello {{ first_name }}, version one</p>'
    '<a href="https://shop.example/a">look</a> <a href="{{ view_url }}">page</a> '
    '<a href="{{ unsubscribe_url }}">Leave</a> {{ postal_address }}</body></html>'
)


@pytest.fixture
def read(sent: Sent, organisation: Any) -> Sent:
    """A batch whose edition is a real one, sent to Rea."""
    edition = Edition.objects.create(
        batch=sent.batch,
        sender_name="Nordlicht",
        sender_email="news@nordlicht.example",
        subject="News",
        html=PAGE,
        text="{{ unsubscribe_url }}",
        link_ids=[sent.links[0].pk],
        organisation={"name": "Nordlicht", "postal_address": "7 Quay", "public_address": "https://news.example.org"},
    )
    Batch.objects.filter(pk=sent.batch.pk).update(content_id=edition.pk)
    sent.batch.refresh_from_db()
    return sent


def address(sent: Sent, index: int = 0) -> str:
    return f"/v/{tokens.seal(tokens.VIEW, sent.messages[index].id)}"


def test_it_is_the_person_s_own_mail_and_counts_nothing(client: Client, read: Sent) -> None:
    page = client.get(address(read))
    text = page.content.decode()
    assert page.status_code == 200
    assert "Hello Rea, version one" in text
    assert 'href="https://shop.example/a"' in text
    assert "/o/" not in text
    assert f"/u/{tokens.seal(tokens.UNSUBSCRIBE, read.contact().pk, read.batch.pk)}" in text
    assert not Event.objects.exists()


def test_two_people_s_pages_lead_out_of_their_own_lists(client: Client, read: Sent) -> None:
    for index in (0, 1, 0):
        person = read.contact(index)
        token = tokens.seal(tokens.UNSUBSCRIBE, person.pk, read.batch.pk)
        assert f"/u/{token}" in client.get(address(read, index)).content.decode()


def test_the_page_runs_nothing_and_is_found_by_nobody(client: Client, read: Sent) -> None:
    page = client.get(address(read))
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert "script" not in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page.headers["Cache-Control"]
    assert not page.cookies


def test_the_version_that_was_sent_stays(client: Client, read: Sent) -> None:
    later = Edition.objects.get(batch=read.batch)
    later.pk, later.html, later.version = None, PAGE.replace("one", "two"), 2
    later.save()
    Batch.objects.filter(pk=read.batch.pk).update(state=Batch.State.PAUSED, finished_at=None)
    ledger.revise(read.batch, later.pk)
    Message.objects.filter(id=read.messages[0].id).update(version=1)
    Message.objects.filter(id=read.messages[1].id).update(version=2)
    assert "version one" in client.get(address(read)).content.decode()
    assert "version two" in client.get(address(read, 1)).content.decode()


def test_an_erased_person_s_mail_is_shown_to_nobody(client: Client, read: Sent) -> None:
    consent.erase_all([read.contact().pk])
    page = client.get(address(read))
    assert page.status_code == 404
    assert "This mail can no longer be shown" in page.content.decode()
    assert "Rea" not in page.content.decode()


def test_a_mail_whose_row_is_gone_says_so(client: Client, organisation: Any) -> None:
    assert client.get(f"/v/{tokens.seal(tokens.VIEW, 2**40)}").status_code == 404


letters = st.text(st.sampled_from(string.printable + "éж\ud800\x00"), max_size=90)


@given(letters)
def test_nothing_made_up_shows_a_mail(token: str) -> None:
    with pytest.raises(viewing.Unknown):
        viewing.shown(token)


def test_no_other_token_of_the_same_mail_opens_it(client: Client, read: Sent) -> None:
    message, contact = read.messages[0].id, read.contact().pk
    right = tokens.seal(tokens.VIEW, message)
    wrong = [tokens.seal(purpose, message) for purpose in (tokens.OPEN, tokens.MESSAGE_ID, tokens.BOUNCE)]
    wrong += [tokens.seal(tokens.UNSUBSCRIBE, contact, read.batch.pk), tokens.seal(tokens.OPEN_OF_BATCH, message)]
    wrong += [right + "A", right[:-1], right.swapcase(), right + "=", right + "%00", f"b.{right}", f" {right}"]
    for token in wrong:
        assert client.get(f"/v/{token}").status_code == 404, token
    assert client.post(f"/v/{right}").status_code == 405
    for token in wrong:
        assert tokens.read(tokens.VIEW, token) is None


def test_a_page_asks_the_database_a_bounded_number_of_questions(client: Client, read: Sent) -> None:
    client.get(address(read))
    with CaptureQueriesContext(connection) as asked:
        client.get(address(read))
    assert len(asked) <= 3, [query["sql"] for query in asked]
