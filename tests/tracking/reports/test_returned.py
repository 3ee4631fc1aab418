"""The second line: each term counts people, and leads to exactly those."""

import csv
from collections.abc import Callable
from io import StringIO

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation, User
from delivery.feedback import second_line
from delivery.feedback.second_line import Moved
from delivery.ledger import evidence
from delivery.models import Batch, Feedback, FeedbackEvent, Message, MessageState, Returned, Term, Waiting
from tests.tracking.conftest import Sent
from tracking.reports import numbers, people, returned

FULL, GONE = "552 5.2.2 <b>over quota</b>", "550 5.1.1 no such user"


@pytest.fixture
def heard(send: Callable[..., Sent]) -> Sent:
    """Of twelve: two bounced for good, two for now, one complained, one was delivered."""
    sent = send(people=12)
    said = [
        (Term.HARD, "invalid_recipient", "bounce", GONE),
        (Term.HARD, "bad_domain", "bounce", GONE),
        (Term.SOFT, "mailbox_full", "bounce", FULL),
        (Term.SOFT, "", "bounce", "later"),
        (Term.COMPLAINED, "", "complaint", ""),
        (Term.DELIVERED, "", "delivered", "250 ok"),
    ]
    for message, (term, category, kind, diagnostic) in zip(sent.messages, said, strict=False):
        second_line.move([Moved(message.id, sent.batch.id, "gmail", term, category, is_blocked=False)])
        FeedbackEvent.objects.create(
            message_id=message.id, batch=sent.batch, kind=kind, category=category, diagnostic=diagnostic, source="pipe"
        )
    return sent


def rendered(sent: Sent, template: str = "tracking/_report.html") -> str:
    return " ".join(render_to_string(template, {"report": numbers.report([sent.batch.id])}).split())


def test_every_term_leads_to_exactly_as_many_people_as_it_counts(heard: Sent) -> None:
    report = numbers.report([heard.batch.id])
    counted = {part.key: part.people for part in report.returned}
    assert counted == {"delivered": 1, "bounced-hard": 2, "bounced-soft": 2, "complained": 1, "no-word": 6}
    assert sum(counted.values()) == report.accepted
    for part in report.returned:
        listed = list(people.everyone(heard.batch, part.key))
        assert len(listed) == part.people
        assert part.url.endswith(f"?term={part.key}")
    assert report.delivered == 8
    assert report.complained.people == 1


def test_who_does_not_exist_or_refuses_as_spam_is_listed_whenever_it_was_said(heard: Sent) -> None:
    """A stop rule counts both, and its notice leads to these lists."""
    message, refused = heard.messages[6], heard.messages[7]
    second_line.move([Moved(message.id, heard.batch.id, "gmail", Term.SOFT, "spam_content", is_blocked=True)])
    Message.objects.filter(pk=refused.id).update(state=MessageState.REFUSED)
    Waiting.objects.create(
        message_id=refused.id, batch=heard.batch, state=MessageState.REFUSED, category="invalid_recipient"
    )
    Batch.objects.filter(pk=heard.batch.pk).update(accepted=11, refused=1, hard=1)
    figures = evidence.of([heard.batch.id])
    hard = [person.message_id for person in people.everyone(heard.batch, "hard")]
    assert hard == [heard.messages[0].id, heard.messages[1].id, refused.id]
    assert len(hard) == figures.hard
    assert [person.message_id for person in people.everyone(heard.batch, "blocked")] == [message.id]
    assert figures.blocked == 1
    assert [person.message_id for person in people.people(heard.batch, "hard", after=hard[0], limit=1)] == [hard[1]]


def test_the_line_says_that_it_adds_up(heard: Sent) -> None:
    page = rendered(heard, "tracking/_second_line.html")
    assert "12 accepted =" in page
    for words in ("1 delivered", "2 bounced for good", "2 bounced for now", "1 marked as spam", "6 no word"):
        assert words in page


def test_deliveries_are_no_term_where_nobody_reports_them(heard: Sent) -> None:
    Batch.objects.get(pk=heard.batch.pk).feedback_counts.update(delivered=0)
    assert "delivered" not in [part.key for part in numbers.report([heard.batch.id]).returned]


def test_a_campaign_of_which_nothing_was_heard_says_so(send: Callable[..., Sent], organisation: Organisation) -> None:
    sent = send()
    Organisation.objects.update(bounce_domain="returns.ours.example")
    assert "Nothing has come back" in rendered(sent, "tracking/_second_line.html")
    assert "Why mails came back" not in rendered(sent)


def test_where_bounces_have_no_way_back_the_line_says_so(send: Callable[..., Sent]) -> None:
    """Else "100 % delivered" would be a promise that nobody can keep."""
    sent = send()
    assert "Bounces have no way back" in rendered(sent, "tracking/_second_line.html")
    Batch.objects.update(rehearsal=True)  # the sandbox tells what comes back of a rehearsal
    assert "Nothing has come back" in rendered(sent, "tracking/_second_line.html")
    Batch.objects.update(rehearsal=False)
    Returned.objects.create(way=Returned.Way.PIPE, digest=b"0" * 16, raw=b"")
    assert "Nothing has come back" in rendered(sent, "tracking/_second_line.html")


def test_reasons_are_counted_in_words_and_lead_to_their_people(heard: Sent) -> None:
    reasons = numbers.report([heard.batch.id]).reasons
    assert {(reason.words, reason.people) for reason in reasons.rows} == {
        ("The address does not exist.", 1),
        ("The domain of the address takes no mail.", 1),
        ("The mailbox is full.", 1),
        ("The server gave a reason we do not know.", 1),
    }
    full = next(reason for reason in reasons.rows if "full" in reason.words)
    assert full.url.endswith("?term=bounced-soft&reason=mailbox_full")
    (person,) = people.people(heard.batch, "bounced-soft", reason="mailbox_full")
    assert (person.email, person.reply) == (heard.messages[2].email, FULL)
    (unknown,) = people.people(heard.batch, "bounced-soft", reason="unknown")
    assert unknown.email == heard.messages[3].email


def test_below_each_reason_stands_what_a_server_said_and_nobody_elses_address_leaves_the_house(heard: Sent) -> None:
    said = {reason.words: reason.said for reason in numbers.report([heard.batch.id]).reasons.rows}
    assert said["The mailbox is full."] == FULL
    assert "later" in said.values()
    FeedbackEvent.objects.filter(diagnostic="later").update(status="4.2.2")
    FeedbackEvent.objects.filter(diagnostic=FULL).update(status="5.2.2")
    said = {reason.words: reason.said for reason in numbers.report([heard.batch.id]).reasons.rows}
    assert said["The mailbox is full."] == FULL, "the status once"
    assert "4.2.2 later" in said.values()
    assert "552 5.2.2 &lt;b&gt;over quota&lt;/b&gt;" in rendered(heard)
    shared = numbers.report([heard.batch.id], names_people=False)
    assert "over quota" not in render_to_string("tracking/_report.html", {"report": shared})


def test_the_list_shows_what_the_server_said_and_runs_none_of_it(
    heard: Sent, viewer: User, client_for: Callable[[User], Client]
) -> None:
    browser = client_for(viewer)
    page = browser.get(f"/campaigns/people/{heard.batch.id}/?term=bounced-soft&reason=mailbox_full").content.decode()
    assert "over quota" in page
    assert "<b>over" not in page
    assert heard.messages[2].email in page
    assert heard.messages[3].email not in page
    assert heard.messages[6].email in browser.get(f"/campaigns/people/{heard.batch.id}/?term=no-word").content.decode()


def test_the_bounced_are_exported_with_the_words_of_the_server(
    heard: Sent, marketer: User, client_for: Callable[[User], Client]
) -> None:
    browser = client_for(marketer)
    session = browser.session
    session["confirmed_at"] = timezone.now().timestamp()
    session.save()
    answer = browser.post(f"/campaigns/people/{heard.batch.id}/export/?term=bounced-soft&reason=mailbox_full")
    rows = list(csv.reader(StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == [heard.messages[2].email]
    assert rows[1][1:3] == ["Bounced for now", "The mailbox is full."]
    assert rows[1][5] == FULL


def test_lists_are_paged_by_key(heard: Sent) -> None:
    first = people.people(heard.batch, "no-word", limit=4)
    rest = people.people(heard.batch, "no-word", limit=4, after=first[-1].message_id)
    assert [person.email for person in first + rest] == [message.email for message in heard.messages[6:]]


def test_who_is_counted_is_listed_even_when_the_message_is_gone(heard: Sent) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM delivery_message WHERE id = %s", [heard.messages[0].id])
    assert len(people.people(heard.batch, "bounced-hard")) == 2


def test_the_second_line_costs_the_same_at_any_number_of_events(heard: Sent) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            rendered(heard)
        read = [query["sql"] for query in captured if "feedbackevent" in query["sql"]]
        assert len(read) == 1  # what one server said, a row a reason by its index
        assert "WHERE message_id = r.message_id" in read[0]
        return len(captured)

    before = queries()
    ids = range(10**9, 10**9 + 2000)
    Feedback.objects.bulk_create(
        Feedback(message_id=number, batch=heard.batch, lane="other", term=Term.SOFT, category="mailbox_full")
        for number in ids
    )
    assert queries() == before
    assert returned.reasons([heard.batch.id], "/").rows[0].people == 2001
