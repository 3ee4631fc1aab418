"""The log, the page of one mail, and the people behind a number."""

import csv
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from delivery import content, titles, tokens
from delivery.content import Parts, Recipient
from delivery.models import Attempt, Batch, Message, MessageState, Provider, SandboxMail, Waiting
from tests.tracking.conftest import Reader, Sent

SCRIPT = "<script>alert(1)</script>"
PAGES = ["/messages/", "/messages/{message}/", "/messages/{message}/mail/", "/campaigns/people/{batch}/"]


class Written:
    """Content that says who it is for."""

    def envelope_from(self, recipient: Recipient) -> str:
        return "bounce@nordlicht.example"

    def build(self, recipient: Recipient) -> bytes:
        return b""

    def parts(self, recipient: Recipient) -> Parts:
        assert not recipient.opens
        assert not recipient.clicks
        html = f"<p>Hello {recipient.merge['first_name']}</p>{SCRIPT}"
        return Parts([("Subject", "Spring"), ("X-Odd", SCRIPT)], "Spring is here", html, f"Hello {SCRIPT}")


@pytest.fixture(autouse=True)
def _written() -> None:
    content.register("written", lambda batch: Written())


@pytest.fixture
def written(sent: Sent) -> Sent:
    Batch.objects.update(content_kind="written")
    sent.batch.refresh_from_db()
    return sent


@pytest.fixture
def browser(viewer: User, client_for: Callable[[User], Client]) -> Client:
    return client_for(viewer)


def refuse(message: Message, *, state: int, category: str, text: str, **more: object) -> None:
    Message.objects.filter(id=message.id).update(state=state, accepted_at=None, attempts=1)
    Waiting.objects.create(message_id=message.id, batch=message.batch, state=state, category=category, **more)
    Attempt.objects.create(
        message_id=message.id,
        batch=message.batch,
        stage="rcpt",
        code=550,
        enhanced="5.1.1",
        text=text,
        category=category,
        decision="refused" if state == MessageState.REFUSED else "retry",
        duration_ms=1200,
    )


@pytest.mark.parametrize("page", PAGES)
def test_pages_open_for_a_viewer_and_send_a_stranger_to_the_login(browser: Client, written: Sent, page: str) -> None:
    address = page.format(message=written.messages[0].id, batch=written.batch.id)
    assert browser.get(address).status_code == 200
    assert browser.post(address).status_code == 405
    stranger = Client().get(address)
    assert (stranger.status_code, stranger.headers["Location"].split("?")[0]) == (302, "/login/")


def test_did_ana_get_it_takes_three_clicks(browser: Client, written: Sent) -> None:
    """The log, her address in whatever case, the mail."""
    email = written.messages[0].email
    page = browser.get("/messages/", {"q": email.upper()}).content.decode()
    address = f"/messages/{written.messages[0].id}/"
    assert address in page
    assert f"/messages/{written.messages[1].id}/" not in page
    told = browser.get(address).content.decode()
    assert "Accepted" in told
    assert "Spring is here" in told


def test_a_part_of_a_name_finds_the_person(browser: Client, written: Sent) -> None:
    local = written.messages[0].email.partition("@")[0]
    page = browser.get("/messages/", {"q": local}).content.decode()
    assert written.messages[0].email in page
    assert "Do you mean" in page
    assert "No mail to" in browser.get("/messages/", {"q": "nobody@nowhere.example"}).content.decode()


def test_the_log_is_paged_by_key(browser: Client, send: Callable[..., Sent]) -> None:
    sent = send(people=120)
    seen: list[str] = []
    address = "/messages/"
    while address:
        context = browser.get(address).context
        seen += [row.message.email for row in context["rows"]]
        address = f"/messages/{context['older_url']}" if context["older_url"] else ""
    assert seen == [message.email for message in reversed(sent.messages)]


def test_hostile_words_of_a_server_are_shown_and_never_run(browser: Client, written: Sent) -> None:
    refuse(written.messages[0], state=MessageState.REFUSED, category="invalid_recipient", text=f"No {SCRIPT}")
    page = browser.get(f"/messages/{written.messages[0].id}/").content.decode()
    assert "Refused" in page
    assert "Naming the recipient" in page
    assert "550 5.1.1 No &lt;script&gt;" in page
    assert SCRIPT not in page


def test_a_waiting_message_names_its_next_try(browser: Client, written: Sent) -> None:
    due = timezone.now() + timedelta(days=1)  # tomorrow in every time zone
    refuse(written.messages[0], state=MessageState.DEFERRED, category="greylist", text="Later", retry_at=due)
    page = browser.get(f"/messages/{written.messages[0].id}/").content.decode()
    assert "Waiting, next try tomorrow" in page
    assert "The server asks to come back" in page


def test_an_uncertain_message_says_why(browser: Client, written: Sent) -> None:
    refuse(written.messages[0], state=MessageState.UNCERTAIN, category="network", text="")
    page = browser.get(f"/messages/{written.messages[0].id}/").content.decode()
    assert "May have arrived: the connection broke before the answer" in page


def test_the_mail_is_framed_without_scripts_and_looking_at_it_counts_as_nothing(
    browser: Client, written: Sent, take_in: Callable[[], int]
) -> None:
    page = browser.get(f"/messages/{written.messages[0].id}/").content.decode()
    assert "<iframe" in page
    assert " sandbox " in page
    frame = browser.get(f"/messages/{written.messages[0].id}/mail/")
    policy = frame.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy.split("; ")
    assert "script-src" not in policy
    assert "Hello Rea" in frame.content.decode()
    assert take_in() == 0


def test_a_mail_whose_content_is_gone_still_has_a_page(browser: Client, sent: Sent) -> None:
    Batch.objects.update(content_kind="long gone")
    assert "The content of this mail is gone" in browser.get(f"/messages/{sent.messages[0].id}/").content.decode()
    assert browser.get(f"/messages/{sent.messages[0].id}/mail/").status_code == 404


def test_a_rehearsed_mail_links_to_what_the_sandbox_caught(browser: Client, send: Callable[..., Sent]) -> None:
    sent = send(rehearsal=True)
    message = sent.messages[0]
    caught = SandboxMail.objects.create(
        envelope_from="b@x.example",
        envelope_to=message.email,
        message_id=f"<{tokens.seal(tokens.MESSAGE_ID, message.id)}@nordlicht.example>",
        size_bytes=1,
        raw=b"",
    )
    page = browser.get(f"/messages/{message.id}/").content.decode()
    assert f"/sandbox/{caught.id}/" in page
    assert "to nobody else" in page


def test_what_readers_did_stands_on_the_page_of_their_mail(
    browser: Client, written: Sent, reader: Reader, take_in: Callable[[], int]
) -> None:
    reader("GET", written.click(0, 1))
    reader("GET", written.open(0), agent="Mozilla/5.0")
    take_in()
    page = browser.get(f"/messages/{written.messages[0].id}/").content.decode()
    assert "Offer 1" in page
    assert "a program: Apple’s privacy proxy" in page


def test_mails_are_called_by_the_name_their_app_gives_them(
    browser: Client, written: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        titles, "_sources", [lambda ids: {written.batch.id: titles.Title("Spring news", "/campaigns/7/")}]
    )
    assert "Spring news" in browser.get("/messages/").content.decode()
    assert "/campaigns/7/" in browser.get(f"/campaigns/people/{written.batch.id}/").content.decode()


def listed(browser: Client, sent: Sent, **query: str | int) -> list[str]:
    return [row.email for row in browser.get(f"/campaigns/people/{sent.batch.id}/", query).context["rows"]]


def test_every_number_has_exactly_its_people(
    browser: Client, written: Sent, reader: Reader, take_in: Callable[[], int]
) -> None:
    emails = [message.email for message in written.messages]
    refuse(written.messages[2], state=MessageState.REFUSED, category="invalid_recipient", text="No")
    Batch.objects.update(accepted=2, refused=1)
    reader("GET", written.click(0, 0))
    reader("GET", written.click(1, 1))
    reader("GET", written.open(1))
    reader("POST", written.unsubscribe(0))
    take_in()
    assert listed(browser, written, term="accepted") == emails[:2]
    assert listed(browser, written, term="refused") == emails[2:]
    assert listed(browser, written, term="waiting") == []
    assert listed(browser, written, term="clicked") == emails[:2]
    assert listed(browser, written, term="clicked", link=written.links[1].id) == [emails[1]]
    assert listed(browser, written, term="opened") == [emails[1]]
    assert listed(browser, written, term="unsubscribed") == [emails[0]]
    assert listed(browser, written, term="nonsense") == emails
    assert listed(browser, written, q=emails[1].upper()) == [emails[1]]


def test_people_are_paged_forth_and_back(browser: Client, send: Callable[..., Sent]) -> None:
    sent = send(people=130)
    start = f"/campaigns/people/{sent.batch.id}/"
    forth = [browser.get(f"{start}?term=accepted").context]
    while forth[-1]["next_url"]:
        forth.append(browser.get(f"{start}{forth[-1]['next_url']}").context)
    assert [len(context["rows"]) for context in forth] == [50, 50, 30]
    back = browser.get(f"{start}{forth[-1]['previous_url']}").context
    assert back["rows"] == forth[1]["rows"]
    assert browser.get(f"{start}{back['previous_url']}").context["rows"] == forth[0]["rows"]


@pytest.mark.parametrize("query", [{"after": "x"}, {"after": "9" * 30}, {"link": "-1"}, {"trail": "a.b"}, {"q": "\0"}])
def test_odd_addresses_break_nothing(browser: Client, written: Sent, query: dict[str, str]) -> None:
    for term in ("all", "unaccounted", "opened"):
        assert browser.get(f"/campaigns/people/{written.batch.id}/", query | {"term": term}).status_code == 200
    assert browser.get("/messages/", query | {"before": query.get("after", "")}).status_code == 200


def test_the_export_is_for_those_who_may_and_runs_no_formula(
    browser: Client, marketer: User, client_for: Callable[[User], Client], written: Sent
) -> None:
    address = f"/campaigns/people/{written.batch.id}/export/?term=refused"
    refuse(written.messages[0], state=MessageState.REFUSED, category="invalid_recipient", text="")
    Message.objects.filter(id=written.messages[0].id).update(reply='=HYPERLINK("http://evil")')
    assert browser.post(address).status_code == 403
    assert client_for(marketer).get(address).status_code == 405
    answer = client_for(marketer).post(address)
    assert AuditEntry.objects.get(action="people.export").detail == {"term": "refused"}
    body = b"".join(getattr(answer, "streaming_content")).decode("utf-8-sig")  # noqa: B009
    header, row = csv.reader(StringIO(body))
    assert header[0] == "Address"
    assert row[0] == written.messages[0].email
    assert row[-1].startswith("'=")


def test_unknown_messages_and_batches_are_404(browser: Client, organisation: object) -> None:
    for address in ("/messages/99/", "/messages/99/mail/", "/campaigns/people/99/", f"/messages/{2**70}/"):
        assert browser.get(address).status_code == 404


def test_a_contacts_story_tells_mails_and_acts(written: Sent, reader: Reader, take_in: Callable[[], int]) -> None:
    from contacts import timeline

    reader("GET", written.click(0, 1))
    take_in()
    told = [(entry.kind, entry.title, entry.detail) for entry in timeline.entries(written.contact())]
    assert ("click", "Clicked: A mail", "Offer 1") in told
    assert ("mail", "A mail", "Accepted") in told


def test_what_somebody_did_with_a_rehearsed_mail_says_so(
    send: Callable[..., Sent], reader: Reader, take_in: Callable[[], int]
) -> None:
    from contacts import timeline

    sent = send(rehearsal=True)
    reader("GET", sent.click(0, 1))
    take_in()
    told = [entry.title for entry in timeline.entries(sent.contact())]
    assert "Clicked: A mail (rehearsal)" in told
    assert "A mail (rehearsal)" in told


def test_a_provider_is_named_at_each_try(browser: Client, written: Sent) -> None:
    provider = Provider.objects.create(name="SES Frankfurt", host="smtp.example")
    refuse(written.messages[0], state=MessageState.REFUSED, category="invalid_recipient", text="")
    Attempt.objects.update(provider=provider)
    assert "SES Frankfurt" in browser.get(f"/messages/{written.messages[0].id}/").content.decode()
