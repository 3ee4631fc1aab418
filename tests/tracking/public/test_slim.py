from collections.abc import Callable
from pathlib import Path

import pytest

from contacts.models import ConsentEvent, Contact, Subscription, Suppression
from delivery import tokens
from delivery.models import Batch
from tests.tracking.conftest import Reader, Sent
from tracking.models import Event, EventKind, Link, Rollup
from tracking.public import slim, spool
from tracking.public.addresses import HIDDEN_LINK


def spooled(folder: Path) -> list[spool.Act]:
    return [act for path in sorted(folder.glob("*.spool")) for act in spool.read(path, 0, 1 << 20)[0]]


def test_an_open_answers_a_tiny_picture_that_no_cache_keeps(reader: Reader, sent: Sent, spools: Path) -> None:
    answer = reader("GET", sent.open())
    assert (answer.status, len(answer.body), answer["Content-Type"]) == (200, 43, "image/gif")
    assert answer.body.startswith(b"GIF89a")
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Set-Cookie"] is None
    assert [(act.kind, act.first) for act in spooled(spools)] == [(EventKind.OPEN, sent.messages[0].id)]


def test_a_click_leads_to_the_stored_target(reader: Reader, sent: Sent, spools: Path) -> None:
    for _ in range(2):  # the second from the cache
        answer = reader("GET", sent.click(link=1))
        assert (answer.status, answer["Location"]) == (302, "https://shop.example/1")
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["Set-Cookie"] is None
    assert [act.second for act in spooled(spools)] == [sent.links[1].id] * 2


def test_a_forged_or_foreign_token_gets_a_page_and_never_a_redirect(reader: Reader, sent: Sent, spools: Path) -> None:
    click = sent.click()
    foreign = [
        click[:-1] + ("A" if click[-1] != "A" else "B"),
        click[:-4],
        click + "AAAA",
        "/c/" + sent.open()[3:],
        "/c/" + sent.unsubscribe()[3:],
        "/o/" + click[3:],
        "/c/https:evil.example",
        "/c/?url=https://evil.example",
        "/c/" + "A" * 5000,
        "/c/",
        "/o/\xff\xfe",
    ]
    for path in foreign:
        answer = reader("GET", path)
        assert answer.status == 404, path
        assert answer["Location"] is None
        assert b"evil" not in answer.body
    assert spooled(spools) == []


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil.example", "ftp://files.example", "https://", "data:,x"])
def test_only_web_addresses_are_followed(reader: Reader, sent: Sent, url: str) -> None:
    Link.objects.filter(id=sent.links[0].id).update(url=url)
    answer = reader("GET", sent.click())
    assert (answer.status, answer["Location"]) == (404, None)


def test_a_target_cannot_smuggle_a_header(reader: Reader, sent: Sent) -> None:
    Link.objects.filter(id=sent.links[0].id).update(url="https://a.example/\r\nSet-Cookie: x=1")
    assert reader("GET", sent.click()).status == 404


def test_a_target_in_any_script_fits_a_header(reader: Reader, sent: Sent) -> None:
    Link.objects.filter(id=sent.links[0].id).update(url="https://shop.example/bücher?q=é&x=1")
    assert reader("GET", sent.click())["Location"] == "https://shop.example/b%C3%BCcher?q=%C3%A9&x=1"


def test_links_of_a_deleted_batch_lead_nowhere(reader: Reader, sent: Sent) -> None:
    Batch.objects.all().delete()
    assert reader("GET", sent.click()).status == 404


def test_head_and_get_of_every_address_change_nothing(reader: Reader, sent: Sent, take_in: Callable[[], int]) -> None:
    """A hundred times each, as a scanner with a grudge would fetch them: takes seconds for the whole pages."""
    for _ in range(100):
        for address in (sent.unsubscribe(), sent.click(), sent.open()):
            reader("GET", address)
            reader("HEAD", address)
    take_in()
    assert not Event.objects.filter(kind=EventKind.UNSUBSCRIBE).exists()
    assert Subscription.objects.filter(state=Subscription.State.SUBSCRIBED).count() == 6
    assert not Suppression.objects.exists()
    assert not ConsentEvent.objects.exists()


def test_other_verbs_are_refused(reader: Reader, sent: Sent, spools: Path) -> None:
    assert reader("POST", sent.click()).status == 405
    assert reader("DELETE", sent.open()).status == 405
    assert spooled(spools) == []


BOUNDARY = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
        (BOUNDARY, "multipart/form-data; boundary=x"),
        (b"", ""),
        (b"x" * 200_000, "application/octet-stream"),
    ],
)
def test_one_click_takes_effect_before_it_is_answered(
    reader: Reader, sent: Sent, take_in: Callable[[], int], body: bytes, content_type: str
) -> None:
    answer = reader("POST", sent.unsubscribe(), body, agent="", content_type=content_type)
    assert answer.status == 200
    assert answer["Location"] is None
    assert answer["Set-Cookie"] is None
    contact = sent.contact()
    assert Suppression.objects.get().email == contact.email
    assert not contact.subscriptions.filter(state=Subscription.State.SUBSCRIBED).exists()
    assert contact.consent_events.get().channel == "one-click"
    take_in()
    event = Event.objects.get()
    assert (event.kind, event.channel, event.is_machine) == (EventKind.UNSUBSCRIBE, "one-click", False)


def test_one_click_twice_is_one_unsubscribe(reader: Reader, sent: Sent) -> None:
    assert {reader("POST", sent.unsubscribe()).status for _ in range(3)} == {200}
    assert ConsentEvent.objects.count() == 1


def test_one_click_in_a_rehearsal_changes_no_imported_person(reader: Reader, send: Callable[..., Sent]) -> None:
    imported, sample = send(rehearsal=True), send(rehearsal=True, sample=True)
    for mailing, said in (
        (imported, b"This was a rehearsal: nobody is unsubscribed.\n"),
        (sample, b"Unsubscribed.\n"),
    ):
        for index in range(3):
            answer = reader("POST", mailing.unsubscribe(index))
            assert (answer.status, answer.body) == (200, said)
    assert set(Suppression.objects.values_list("email", flat=True)) == {m.email for m in sample.messages}


def test_one_click_works_when_the_batch_or_the_contact_is_gone(reader: Reader, send: Callable[..., Sent]) -> None:
    batchless, contactless = send(), send()
    Batch.objects.filter(id=batchless.batch.id).delete()
    gone = contactless.contact()
    address = contactless.unsubscribe()
    Contact.objects.filter(id=gone.id).delete()
    assert reader("POST", batchless.unsubscribe()).status == 200
    assert reader("POST", address).status == 200
    assert set(Suppression.objects.values_list("email", flat=True)) == {batchless.messages[0].email, gone.email}


def test_forged_one_clicks_unsubscribe_nobody(reader: Reader, sent: Sent) -> None:
    good = sent.unsubscribe()
    for at in range(3, len(good)):
        other = "x" if good[at] != "x" else "y"
        assert reader("POST", good[:at] + other + good[at + 1 :]).status == 404
    for number in range(1000):
        assert reader("POST", f"/u/{number}").status == 404
    assert reader("POST", "/u/" + tokens.seal(tokens.CLICK, 1, 2)).status == 404
    assert not Suppression.objects.exists()


def test_hidden_link_leads_nowhere_and_tells_of_a_program(
    reader: Reader, sent: Sent, take_in: Callable[[], int]
) -> None:
    answer = reader("GET", f"/c/{tokens.seal(tokens.CLICK, sent.messages[0].id, HIDDEN_LINK)}")
    assert (answer.status, answer["location"]) == (200, None)
    take_in()
    assert [event.verdict for event in Event.objects.all()] == ["hidden link"]
    assert not Rollup.objects.exists()


@pytest.mark.parametrize("header", ["HTTP_PURPOSE", "HTTP_SEC_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ"])
@pytest.mark.parametrize("value", ["prefetch", "prefetch;prerender", "preview"])
def test_browser_that_loads_ahead_of_its_person_says_so_and_counts_as_a_machine(
    sent: Sent, spools: Path, header: str, value: str
) -> None:
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": sent.click(), header: value, "REMOTE_ADDR": "192.0.2.1"}
    list(slim.mount(lambda *_: [])(environ, lambda *_: None))
    assert [act.note for act in spooled(spools)] == ["prefetch"]


def test_one_click_in_a_test_mail_says_so_and_changes_nothing(
    reader: Reader, sent: Sent, take_in: Callable[[], int]
) -> None:
    answer = reader("POST", f"/u/{tokens.seal(tokens.UNSUBSCRIBE, 0, sent.batch.id)}", b"List-Unsubscribe=One-Click")
    assert (answer.status, answer.body) == (200, b"This was a test: nothing was changed.\n")
    take_in()
    assert not Event.objects.exists()
    assert not Suppression.objects.exists()


def test_leaving_and_looking_at_the_way_out_are_no_clicks(
    reader: Reader, sent: Sent, take_in: Callable[[], int]
) -> None:
    reader("GET", sent.unsubscribe())
    reader("POST", sent.unsubscribe())
    take_in()
    assert {event.kind for event in Event.objects.all()} == {EventKind.UNSUBSCRIBE}
