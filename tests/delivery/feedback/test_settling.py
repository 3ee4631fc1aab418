"""A report counts by the sealed number of a mail of ours; what it says of itself anybody can write."""

import re
from collections import Counter
from datetime import timedelta
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from contacts import consent, timeline
from contacts.models import Contact, Suppression
from contacts.suppression import holding
from delivery import ledger, tokens, verp
from delivery.bounces import arf
from delivery.feedback import acting, second_line, settling, suppression
from delivery.ledger import evidence
from delivery.models import (
    Batch,
    Failure,
    Feedback,
    FeedbackEvent,
    Message,
    MessageState,
    Provider,
    Returned,
    WarmupPlan,
)
from delivery.policy import aftermath
from delivery.throttling import warmup_plans
from tests.delivery.feedback.returned import DOMAIN, bounce, full, hand_in, line, mailed, report

pytestmark = pytest.mark.django_db

State = Returned.State
SERVERS = Path(__file__).parents[2] / "data" / "bounces"
ALIASES = SERVERS / "aliases"


def complained(message: Message) -> int:
    return line(message).complained


def test_who_complains_gets_no_more_mail_and_is_counted_once() -> None:
    message = mailed()
    assert hand_in(report(message)).state == State.COUNTED
    suppression = Suppression.objects.get()
    assert (suppression.email, suppression.reason) == ("ana@example.org", Suppression.Reason.COMPLAINT)
    assert suppression.message_id == message.pk
    again = hand_in(report(message))
    assert (again.state, again.words) == (State.NOTHING, "This was known already.")
    assert complained(message) == 1


def test_who_complains_at_microsoft_gets_no_more_mail() -> None:
    message = mailed()
    number = tokens.seal(tokens.MESSAGE_ID, message.pk)
    raw = (
        "From: staff@hotmail.com\r\nSubject: complaint about message from 192.0.2.1\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n'
        "X-HmXmrOriginalRecipient: ana@example.org\r\n"
        f"Message-ID: <{number}@nordlicht.example>\r\n\r\nHello\r\n--b--\r\n"
    )
    assert hand_in(raw.encode()).state == State.COUNTED
    assert Suppression.objects.get().reason == Suppression.Reason.COMPLAINT


@pytest.mark.parametrize("missing", ["message_id", "sender"])
def test_one_sealed_number_is_enough(missing: str) -> None:
    message = mailed()
    assert hand_in(report(message, **{missing: "redacted"})).state == State.COUNTED


@pytest.mark.parametrize(
    "wrapped",
    [
        "SRS0=ViCk=JT=nordlicht.example={}@mailbox.example",
        "SRS1=+a9Z=mailbox.example==ViCk=JT=nordlicht.example={}@elsewhere.example",
        "prvs=0123456789={}@nordlicht.example",
        "prvs={}/0123456789@nordlicht.example",
        "btv1==0123456789={}@nordlicht.example",
    ],
)
def test_a_return_address_that_a_forwarder_wrapped_names_its_mail(wrapped: str) -> None:
    message = mailed()
    local = verp.address(message.pk, DOMAIN).partition("@")[0]
    assert hand_in(report(message, message_id="redacted", sender=wrapped.format(local))).state == State.COUNTED
    forged = wrapped.format(f"{local[:-1]}{'1' if local[-1] != '1' else '2'}")
    assert hand_in(report(message, message_id="redacted", sender=forged)).state == State.NOT_OURS


def test_who_changed_the_address_since_then_gets_no_more_mail_either() -> None:
    message = mailed()
    Contact.objects.update(email="ana@new.example")
    hand_in(report(message))
    assert {row.email for row in Suppression.objects.all()} == {"ana@example.org", "ana@new.example"}


@pytest.mark.parametrize(
    ("kind", "is_complaint"),
    [("not-spam", False), ("Not-Spam", False), ("auth-failure", False), ("fraud", True), ("something-new", True)],
)
def test_the_kind_of_feedback_decides(kind: str, is_complaint: bool) -> None:
    message = mailed()
    hand_in(report(message, kind=kind))
    assert Suppression.objects.exists() == is_complaint
    assert complained(message) == int(is_complaint)


def test_forged_and_foreign_reports_change_nothing() -> None:
    message, other = mailed(), mailed(email="bea@example.org")
    sealed = tokens.seal(tokens.MESSAGE_ID, message.pk)
    broken = sealed[:-1] + ("A" if sealed[-1] != "A" else "B")
    forged = [
        report(message, message_id=broken, sender="news@nordlicht.example"),
        report(message, message_id="77", sender="bounce+00@nordlicht.example"),
        report(message, message_id=tokens.seal(tokens.OPEN, message.pk), sender="x@nordlicht.example"),
        report(message, sender=verp.address(other.pk, "nordlicht.example")),
    ]
    assert {hand_in(raw).state for raw in forged} == {State.NOT_OURS}
    stranger = b"From: ana@example.org\r\nSubject: spam\r\n\r\nI complain about it.\r\n"
    assert hand_in(stranger).state == State.NOTHING
    nobody = tokens.seal(tokens.MESSAGE_ID, message.pk + 10**9)
    assert hand_in(report(message, message_id=nobody, sender="")).words == "Its mail is no longer in the books."
    assert not Suppression.objects.exists()
    assert complained(message) == complained(other) == 0


@pytest.mark.parametrize("made", [report, bounce])
def test_a_rehearsal_counts_and_changes_only_sample_contacts(made: Any) -> None:
    real, sample = mailed(rehearsal=True), mailed(rehearsal=True, sample=True, email="sam@example.org")
    for message in (real, sample):
        assert hand_in(made(message)).state == State.COUNTED
        assert line(message).heard == 1
    assert [row.email for row in Suppression.objects.all()] == ["sam@example.org"]


def test_a_mail_server_may_pipe_reports_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: Any) -> None:
    message, other = mailed(), mailed(email="bea@example.org")
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(report(message))))
    call_command("read_returned")
    assert "It is counted." in capsys.readouterr().out
    file = tmp_path / "report.eml"
    file.write_bytes(bounce(other))
    call_command("read_returned", str(file), str(file))
    assert "This report was read before." in capsys.readouterr().out
    assert Suppression.objects.count() == 2


@pytest.mark.parametrize("gone", ["deleted", "with its partition"])
def test_a_report_of_a_mail_that_is_long_gone_changes_nothing(gone: str) -> None:
    message = mailed()
    with connection.cursor() as cursor:
        if gone == "deleted":
            cursor.execute("DELETE FROM delivery_message WHERE id = %s", [message.pk])
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SELECT tableoid::regclass::text FROM delivery_message WHERE id = %s", [message.pk])
            cursor.execute(f"ALTER TABLE delivery_message DETACH PARTITION {cursor.fetchone()[0]}")
    assert hand_in(report(message)).words == "Its mail is no longer in the books."
    assert hand_in(bounce(message)).state == State.NOTHING
    assert not Suppression.objects.exists()


def test_dead_address_is_suppressed_with_the_server_s_words_and_moves_in_the_second_line() -> None:
    message = mailed()
    assert hand_in(bounce(message)).state == State.COUNTED
    suppression = Suppression.objects.get()
    assert (suppression.email, suppression.reason, suppression.source) == ("ana@example.org", "hard_bounce", "bounce")
    assert "User unknown" in suppression.detail
    batch = Batch.objects.get(pk=message.batch_id)
    assert ledger.tally(batch).accepted == 1  # never out of the first line
    assert line(message) == second_line.SecondLine(accepted=1, hard=1)


def test_full_mailbox_bounces_for_now_and_suppresses_nobody() -> None:
    message = mailed()
    assert hand_in(full(message)).state == State.COUNTED
    assert not Suppression.objects.exists()
    assert (line(message).soft, line(message).hard, line(message).no_word) == (1, 0, 0)
    assert Failure.objects.get().email == "ana@example.org"


def test_what_weighs_more_decides_in_whatever_order_it_comes() -> None:
    reports = (full, bounce, report)
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
        message = mailed(email=f"ana{order[0]}@example.org")
        for which in order:
            hand_in(reports[which](message))
        assert line(message) == second_line.SecondLine(accepted=1, complained=1), order


def test_the_same_bounce_by_two_ways_counts_once() -> None:
    message = mailed()
    assert hand_in(bounce(message)).state == State.COUNTED
    other = settling.hand_in(bounce(message, note="Again."), way=Returned.Way.MAILBOX, source="mailbox 1")
    assert (other.state, other.words) == (State.NOTHING, "This was known already.")
    assert line(message).hard == FeedbackEvent.objects.count() == 1


def test_bounce_is_found_by_message_id_where_plus_addressing_was_stripped() -> None:
    message = mailed()
    assert hand_in(bounce(message, to="bounce@nordlicht.example")).state == State.COUNTED


def test_bounce_is_found_by_its_envelope_address_in_capitals_where_nothing_is_returned() -> None:
    message = mailed()
    raw = bounce(message, to="postmaster@nordlicht.example").replace(b"Message-ID: <", b"X-Gone: <")
    assert hand_in(raw).state == State.NOT_OURS
    address = verp.address(message.pk, "nordlicht.example").upper()
    assert hand_in(raw + b"\r\n", envelope_to=address).state == State.COUNTED


def test_bounce_of_a_forwarder_s_address_suppresses_whom_we_wrote_to_and_says_so() -> None:
    message = mailed()
    hand_in(bounce(message, recipient="ana.old@elsewhere.example"))
    assert Suppression.objects.get().email == "ana@example.org"
    assert Suppression.objects.get().detail.startswith("Forwarded to ana.old@elsewhere.example: ")
    assert FeedbackEvent.objects.get().recipient == "ana.old@elsewhere.example"


USER_UNKNOWN = "550 5.1.1 Recipient address rejected: User unknown"
WRAPPED = "SRS0=Ab1c=JT=nordlicht.example={ours}@forwarder.example"


@pytest.mark.parametrize(
    ("name", "failed", "words", "state", "suppresses"),
    [
        ("nullmailer-policy", "policy@mailbox.example", USER_UNKNOWN, State.COUNTED, True),
        ("nullmailer-policy", "{ours}@bounces.nordlicht.example", USER_UNKNOWN, State.NOTHING, False),
        ("nullmailer-policy", "{OURS}@BOUNCES.NORDLICHT.EXAMPLE", USER_UNKNOWN, State.NOTHING, False),
        ("nullmailer-policy", WRAPPED, USER_UNKNOWN, State.NOTHING, False),
        ("nullmailer-policy", "News@nordlicht.example", USER_UNKNOWN, State.NOTHING, False),
        (
            "nullmailer-policy",
            "policy@mailbox.example",
            "550 <{ours}@nordlicht.example> User unknown",
            State.COUNTED,
            False,
        ),
        ("postfix-unknown", "unknown@mailbox.example", "", State.COUNTED, True),
        ("postfix-unknown", "{ours}@bounces.nordlicht.example", "", State.NOTHING, False),
        ("exim-nosuch", "nosuch@mailbox.example", "", State.COUNTED, True),
        ("exim-nosuch", "{ours}@bounces.nordlicht.example", "", State.NOTHING, False),
        ("exim-nosuch", "news@nordlicht.example", "", State.NOTHING, False),
    ],
)
def test_report_that_we_ourselves_are_not_to_be_reached_suppresses_nobody(
    name: str, failed: str, words: str, state: Returned.State, suppresses: bool
) -> None:
    """A bounce or an answer that did not arrive at our return address or sender, and words about that address."""
    person = f"{name.partition('-')[2]}@mailbox.example"
    message = mailed(email=person)
    ours = verp.address(message.pk, DOMAIN).partition("@")[0]
    raw = re.sub(r"bounce\+0110ab\w+", ours, (SERVERS / f"{name}.eml").read_text())
    before, returned = raw.rsplit("\nTo: <", 1)
    before = before.replace(person, failed.format(ours=ours, OURS=ours.upper()))
    before = re.sub(r"(?<=Diagnostic-Code: SMTP; ).*", words.format(ours=ours), before)
    row = hand_in(f"{before}\nTo: <{returned}".encode())
    assert row.state == state
    assert Suppression.objects.exists() is suppresses
    assert line(message).hard == suppresses
    assert line(message).soft == (state == State.COUNTED and not suppresses)


def test_person_who_writes_to_themselves_and_is_not_there_is_suppressed() -> None:
    """The sender of a test, say, and the one who gets it."""
    message = mailed(email="news@nordlicht.example")
    raw = bounce(message).replace(
        b"Subject: News\r\n", b"From: news@nordlicht.example\r\nTo: news@nordlicht.example\r\n"
    )
    assert hand_in(raw).state == State.COUNTED
    assert Suppression.objects.get().email == "news@nordlicht.example"


@pytest.mark.parametrize("mail", sorted(ALIASES.glob("*.eml")), ids=lambda mail: mail.stem)
def test_alias_of_several_people_is_not_gone_as_long_as_one_of_them_is_there(mail: Path) -> None:
    message = mailed(email="team@example.org")
    returned = re.sub(rb"bounce\+0110ab[\w.+-]+@[\w.]+", verp.address(message.pk, DOMAIN).encode(), mail.read_bytes())
    assert b"550 5.1.1 <unknown@mailbox.example>" in returned
    assert hand_in(returned).state == Returned.State.COUNTED
    assert (line(message).soft, line(message).hard) == (1, 0)
    assert not Suppression.objects.exists()


def test_alias_is_not_gone_where_one_of_its_people_got_the_mail() -> None:
    message = mailed(email="team@example.org")
    given = (ALIASES / "postfix.eml").read_bytes().replace(b"\r\n", b"\n")
    took = re.sub(rb"Action: failed\nStatus: 5.2.2\n(?:.+\n)+", b"Action: delivered\nStatus: 2.0.0\n", given)
    assert took.count(b"Action: failed") == 1
    returned = re.sub(rb"bounce\+0110ab[\w.+-]+@[\w.]+", verp.address(message.pk, DOMAIN).encode(), took)
    assert hand_in(returned).state == Returned.State.COUNTED
    assert set(FeedbackEvent.objects.values_list("recipient", "kind")) == {
        ("fullhard@mailbox.example", "delivered"), ("unknown@mailbox.example", "bounce"),
    }  # fmt: skip
    assert line(message).hard == 0
    assert not Suppression.objects.exists()


def test_bounce_that_comes_before_the_acceptance_is_booked_waits_for_it() -> None:
    message = mailed(state=MessageState.PENDING)
    waiting = hand_in(bounce(message))
    assert waiting.state == State.WAITING
    assert waiting.due_at is not None
    assert line(message).heard == 0
    Message.objects.filter(pk=message.pk).update(state=MessageState.ACCEPTED)
    Batch.objects.filter(pk=message.batch_id).update(pending=0, accepted=1)
    settling.settle_now([waiting.pk])
    assert line(message) == second_line.SecondLine(accepted=1, hard=1)


def test_bounce_of_what_was_never_accepted_is_let_go_in_the_end() -> None:
    message = mailed(state=MessageState.PENDING)
    waiting = hand_in(bounce(message))
    spans = [aftermath.look_again_in(tries) for tries in range(100)]
    assert timedelta(days=3) < sum((span for span in spans if span), timedelta()) < timedelta(days=4)
    Returned.objects.filter(pk=waiting.pk).update(tries=100)
    settling.settle_now([waiting.pk])
    waiting.refresh_from_db()
    assert (waiting.state, waiting.due_at) == (State.NOTHING, None)
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(("made", "term"), [(bounce, "hard"), (full, "soft"), (report, "complained")])
def test_whatever_comes_back_proves_that_an_uncertain_mail_had_arrived(made: Any, term: str) -> None:
    message = mailed(state=MessageState.UNCERTAIN)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO delivery_waiting (message_id, batch_id, state, category) VALUES (%s, %s, %s, 'network')",
            [message.pk, message.batch_id, MessageState.UNCERTAIN],
        )
    assert hand_in(made(message)).state == State.COUNTED
    tally = ledger.tally(Batch.objects.get(pk=message.batch_id))
    assert (tally.accepted, tally.uncertain) == (1, 0)
    assert line(message) == second_line.SecondLine(accepted=1, **{term: 1})


def test_five_soft_bounces_in_a_row_over_two_weeks_give_an_address_up() -> None:
    """Each was accepted by the relay first, which therefore says nothing of the mailbox."""
    now = timezone.now()
    for week in range(5):
        message = mailed(group=f"campaign:{week}")
        sent_at = now - timedelta(days=7 * (5 - week))
        Message.objects.filter(pk=message.pk).update(accepted_at=sent_at)
        Contact.objects.update(last_sent_at=sent_at)
        hand_in(full(message))
        Failure.objects.filter(campaign=f"campaign:{week}").update(at=sent_at)
        assert Suppression.objects.exists() == (week == 4)
    assert Suppression.objects.get().reason == "soft_bounce"


@pytest.mark.parametrize("got_through", ["accepted and silent", "delivered", "clicked"])
def test_mail_that_got_through_between_soft_bounces_begins_the_count_anew(got_through: str) -> None:
    now = timezone.now()
    for week in range(5):
        message = mailed(group=f"campaign:{week}")
        sent_at = now - timedelta(days=7 * (6 - week))
        Message.objects.filter(pk=message.pk).update(accepted_at=sent_at)
        Contact.objects.update(last_sent_at=sent_at)
        if week == 2 and got_through == "accepted and silent":
            continue
        if week == 2 and got_through == "delivered":
            hand_in(bounce(message, "2.0.0", "250 2.0.0 OK", action="delivered"))
            continue
        if week == 2:
            Contact.objects.update(last_clicked_at=sent_at)
            continue
        hand_in(full(message))
        Failure.objects.filter(campaign=f"campaign:{week}").update(at=sent_at)
    assert set(Failure.objects.values_list("campaign", flat=True)) == {"campaign:3", "campaign:4"}


def test_delay_whose_server_never_says_how_it_ended_becomes_a_failure() -> None:
    message = mailed()
    hand_in(bounce(message, "4.4.7", "451 4.4.7 Retry time not reached", action="delayed"))
    assert line(message).heard == 0
    event = FeedbackEvent.objects.get()
    FeedbackEvent.objects.filter(pk=event.pk).update(gives_up_at=timezone.now() - timedelta(minutes=1))
    assert acting.give_up_delayed() == 1
    assert line(message).soft == 1
    assert not Suppression.objects.exists()
    assert acting.give_up_delayed() == 0


@pytest.mark.parametrize("sign", ["read", "answered"])
def test_delay_of_a_mail_that_arrived_after_all_is_no_failure(sign: str) -> None:
    message = mailed()
    hand_in(bounce(message, "4.4.7", "451 4.4.7 Retry time not reached", action="delayed"))
    FeedbackEvent.objects.update(gives_up_at=timezone.now() - timedelta(minutes=1))
    if sign == "read":
        Contact.objects.update(last_opened_at=timezone.now())
    else:
        FeedbackEvent.objects.create(message_id=message.pk, batch_id=message.batch_id, kind="autoreply", source="mail")
    assert acting.give_up_delayed() == 1
    assert line(message).heard == 0
    assert not Failure.objects.exists()


def test_delay_that_ended_in_a_bounce_is_no_second_failure() -> None:
    message = mailed()
    hand_in(bounce(message, "4.4.7", "451 4.4.7 Retry time not reached", action="delayed"))
    hand_in(bounce(message))
    FeedbackEvent.objects.filter(kind="delay").update(gives_up_at=timezone.now() - timedelta(minutes=1))
    acting.give_up_delayed()
    assert line(message) == second_line.SecondLine(accepted=1, hard=1)


def test_bounces_that_come_later_stop_a_campaign_like_answers_at_once() -> None:
    batch = Batch.objects.create(
        rehearsal=False, content_kind="edition", content_id=1, state="sending", accepted=300, total=300
    )
    messages = [mailed(batch=batch, email=f"p{n}@example.org") for n in range(20)]
    Batch.objects.filter(pk=batch.pk).update(accepted=300)
    raws = [bounce(message, words="550 5.1.1 User unknown") for message in messages]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.transaction.on_commit", lambda work, **_: work())
        for raw in raws:
            hand_in(raw)
    assert evidence.figures(batch).hard == 20
    batch.refresh_from_db()
    assert (batch.state, batch.stop_rule) == ("paused", "hard")


def test_refusals_as_spam_that_come_later_count_as_blocked() -> None:
    message = mailed()
    hand_in(bounce(message, "5.7.1", "554 5.7.1 Message rejected as spam by content filter"))
    assert evidence.figures(Batch.objects.get(pk=message.batch_id)).blocked == 1
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(("silent", "reason"), [(0, "held"), (200, "hard_bounce")])
def test_domain_that_denies_nearly_all_its_people_later_is_held_too(silent: int, reason: str) -> None:
    """With 200 others that it took an hour ago and never denied, its twelve are believed."""
    suppression._looked.clear()
    suppression._sent.clear()
    batch = Batch.objects.create(rehearsal=False, content_kind="edition", content_id=1, state="done")
    messages = [mailed(batch=batch, email=f"p{n}@firm.example") for n in range(12)]
    hour_ago = timezone.now() - timedelta(hours=1)
    for n in range(silent):
        mailed(batch=batch, email=f"q{n}@firm.example")
    Message.objects.filter(batch=batch).update(accepted_at=hour_ago)
    first, last = messages[0].pk, Message.objects.filter(batch=batch).latest("id").pk
    Batch.objects.filter(pk=batch.pk).update(first_id=first, last_id=last)
    for message in messages:
        hand_in(bounce(message))
    assert dict(Counter(Suppression.objects.values_list("reason", flat=True))) == {reason: 12}


def test_single_mails_of_a_domain_that_bounce_later_are_no_mass_event() -> None:
    suppression._looked.clear()
    suppression._sent.clear()
    batch = Batch.objects.create(rehearsal=False, content_kind="edition", content_id=1, kind="open", state="sending")
    for n in range(12):
        hand_in(bounce(mailed(batch=batch, email=f"p{n}@firm.example")))
    assert set(Suppression.objects.values_list("reason", flat=True)) == {"hard_bounce"}


def test_warm_up_goes_back_for_bounces_that_came_later() -> None:
    relay = Provider.objects.create(name="Relay", kind="smtp", host="smtp.relay.example")
    plan = warmup_plans.start(provider=relay, caps=[50, 100, 200])
    WarmupPlan.objects.update(used=50)
    for n in range(3):
        message = mailed(email=f"p{n}@example.org", provider=relay)
        Message.objects.filter(pk=message.pk).update(provider_id=relay.pk)
        hand_in(bounce(message))
    assert warmup_plans._figures(plan).hard == 3
    a_day = timedelta(days=1)
    WarmupPlan.objects.update(day=2, today=plan.today - a_day)
    Feedback.objects.update(at=timezone.now() - a_day)
    warmup_plans.turn_days()
    plan.refresh_from_db()
    assert plan.day == 1


def test_flood_from_one_source_suppresses_nobody_until_somebody_has_looked() -> None:
    messages = [mailed(email=f"p{n}@example.org") for n in range(12)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aftermath, "largest_hour", lambda accepted: 10)
        rows = [hand_in(bounce(message)) for message in messages]
    assert [row.state for row in rows].count(State.HELD) == 2
    assert Suppression.objects.count() == Feedback.objects.count() == 10
    assert settling.believe("pipe") == 2
    settling.settle_now(row.pk for row in rows)
    assert Suppression.objects.count() == 12


def test_flood_that_nobody_believes_changes_nothing() -> None:
    message = mailed()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aftermath, "largest_hour", lambda accepted: 0)
        assert hand_in(bounce(message)).state == State.HELD
    assert settling.discard("pipe") == 1
    settling.settle_now(Returned.objects.values_list("pk", flat=True))
    assert Returned.objects.get().state == State.NOTHING
    assert not Suppression.objects.exists()


@pytest.fixture
def flooded(monkeypatch: pytest.MonkeyPatch) -> None:
    """So much came that whatever suppresses somebody waits for a look."""
    monkeypatch.setattr(aftermath, "largest_hour", lambda accepted: 0)


@pytest.mark.usefixtures("flooded")
@pytest.mark.parametrize(("kind", "reason"), [("abuse", "complaint"), ("opt-out", "unsubscribed")])
def test_who_complains_or_leaves_in_a_flood_gets_no_mail_until_somebody_has_looked(kind: str, reason: str) -> None:
    rows = [hand_in(report(mailed(email=f"p{n}@example.org"), kind=kind)) for n in range(2)]
    bounced = hand_in(bounce(mailed(email="dead@example.org")))
    assert {row.state for row in (*rows, bounced)} == {State.HELD}
    held = dict(Suppression.objects.values_list("email", "reason"))
    assert held == {"p0@example.org": "held", "p1@example.org": "held"}
    assert (holding.waiting(), holding.held()) == (0, []), "which no domain's answer is waiting for"

    assert settling.discard("pipe", up_to=rows[0].pk) == 1
    assert Suppression.objects.count() == 2, "the others of this source still wait"
    assert settling.believe("pipe", up_to=rows[1].pk) == 1
    settling.settle_now([rows[1].pk])
    assert dict(Suppression.objects.values_list("email", "reason"))["p1@example.org"] == reason
    assert settling.discard("pipe") == 1
    assert list(Suppression.objects.values_list("email", "reason")) == [("p1@example.org", reason)]


@pytest.mark.usefixtures("flooded")
def test_a_hold_of_a_flood_changes_nothing_that_was_known_before() -> None:
    consent.suppress("ana@example.org", "hard_bounce", detail="550 No such user", source="smtp")
    hand_in(report(mailed()))
    hand_in(report(mailed(email="bea@example.org", rehearsal=True)))
    assert [(one.reason, one.source) for one in Suppression.objects.all()] == [("hard_bounce", "smtp")]
    holding.hold("example.org", 600)
    hand_in(report(mailed()))
    settling.discard("pipe")
    assert holding.waiting() == 1


def test_bounce_for_a_contact_that_was_erased_still_suppresses_the_address() -> None:
    message = mailed()
    Contact.objects.all().delete()
    assert hand_in(bounce(message)).state == State.COUNTED
    assert Suppression.objects.get().email == "ana@example.org"


@pytest.mark.parametrize("way", ["envelope", "header"])
def test_unmarked_reply_to_the_return_address_is_an_automatic_one(way: str) -> None:
    message = mailed()
    address = verp.address(message.pk, "nordlicht.example")
    raw = (
        f"From: ana@example.org\r\nTo: {address if way == 'header' else 'bounces@nordlicht.example'}\r\n"
        "Subject: [#4711] We have got it\r\n\r\nSomebody will look at it within two days.\r\n"
    )
    assert hand_in(raw.encode(), envelope_to=address if way == "envelope" else "").state == State.COUNTED
    event = FeedbackEvent.objects.get()
    assert (event.kind, event.suppressed, event.message_id) == ("autoreply", False, message.pk)
    assert line(message).heard == 0
    contact = Contact.objects.get()
    [entry] = [entry for entry in timeline.entries(contact) if entry.kind == "reply"]
    assert entry.title.startswith("Automatic reply: ")
    assert "Somebody will look at it within two days." in entry.details


def test_reply_to_the_sender_and_a_mail_sent_on_are_no_automatic_ones() -> None:
    message = mailed()
    number, address = tokens.seal(tokens.MESSAGE_ID, message.pk), verp.address(message.pk, "nordlicht.example")
    head = "From: ana@example.org\r\nTo: news@nordlicht.example\r\n"
    answer = f"{head}In-Reply-To: <{number}@nordlicht.example>\r\n\r\nHi.\r\n"
    sent_on = (
        f"{head}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee.\r\n--b\r\n"
        f"Content-Type: message/rfc822\r\n\r\nReturn-Path: <{address}>\r\nSubject: x\r\n\r\nx\r\n--b--\r\n"
    )
    for raw in (answer, sent_on):
        assert hand_in(raw.encode()).state == State.NOTHING
    assert not FeedbackEvent.objects.exists()


def test_automatic_reply_is_listed_and_suppresses_nobody() -> None:
    message = mailed()
    number = tokens.seal(tokens.MESSAGE_ID, message.pk)
    raw = (
        f"From: ana@example.org\r\nTo: {verp.address(message.pk, 'nordlicht.example')}\r\nSubject: Out of office\r\n"
        f"Auto-Submitted: auto-replied\r\nIn-Reply-To: <{number}@nordlicht.example>\r\n\r\n"
        "I no longer work here, please write to bea@example.org.\r\n"
    )
    assert hand_in(raw.encode()).state == State.COUNTED
    event = FeedbackEvent.objects.get()
    assert (event.kind, event.suppressed) == ("autoreply", False)
    assert line(message).heard == 0
    assert not Suppression.objects.exists()


def test_reports_that_are_damaged_or_hostile_are_kept_and_change_nothing() -> None:
    message = mailed()
    whole = bounce(message)
    for raw in (b"", b"\0\0\0", whole[:200], b"\xff" * 5_000, whole.replace(b"\r\n", b"\0\r\n")):
        assert hand_in(raw).state in State
    assert not any(row.due_at for row in Returned.objects.exclude(state=State.WAITING))
    assert arf.read(b"") is None


def test_what_is_not_ours_is_kept_for_a_week_and_what_counted_for_half_a_year() -> None:
    message = mailed()
    rows = [hand_in(b"Subject: offer\r\n\r\nBuy\r\n"), hand_in(bounce(message))]
    for days, kept in ((6, 2), (8, 1), (179, 1), (181, 0)):
        Returned.objects.update(received_at=timezone.now() - timedelta(days=days))
        settling.forget_old()
        assert Returned.objects.filter(pk__in=[row.pk for row in rows]).count() == kept, days
    assert FeedbackEvent.objects.count() == 1
