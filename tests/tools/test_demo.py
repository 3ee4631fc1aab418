"""A small demo, filled once for all tests of the class: three months of it, which takes some seconds."""

from datetime import timedelta

from django.db import connection
from django.db.models import Q, Sum
from django.test import TestCase
from django.utils import timezone

from accounts.models import Organisation, Role, User
from accounts.shell import notices
from campaigns.models import Campaign, Stage
from campaigns.sample_data import samples
from contacts import consent
from contacts.models import Contact, MailingList, Suppression
from contacts.reach.figures import LEAVING, TERMS
from contacts.reach.models import AudienceDay
from delivery import ledger
from delivery.feedback import by_hour, second_line
from delivery.models import (
    Attempt,
    Batch,
    Chunk,
    Feedback,
    FeedbackEvent,
    FeedbackHour,
    MailDomain,
    Message,
    MessageState,
    Provider,
    Returned,
    Term,
)
from tools.demo import filling
from tracking.cohorts.models import Cohort, MailedMonth
from tracking.conversions.models import Conversion, Goal
from tracking.intake import hourly
from tracking.models import Engagement, Event, EventKind, Hourly, Rollup
from tracking.reports import numbers


class TestDemo(TestCase):
    owner: User

    @classmethod
    def setUpTestData(cls) -> None:
        Organisation.objects.create(
            id=1,
            name="Harbour Books",
            postal_address="7 Harbour Street",
            time_zone="Europe/London",
            sender_name="Harbour Books",
            sender_email="news@harbour-books.example",
            public_url="https://news.harbour-books.example",
        )
        cls.owner = User.objects.create(email="demo@tallypost.example", name="Ada Demo", role=Role.OWNER)
        filling.fill(cls.owner, size=700, weeks=13)

    def test_campaigns_of_every_kind_are_there(self) -> None:
        stages = {campaign.stage for campaign in Campaign.objects.select_related("batch")}
        assert stages >= {Stage.SENT, Stage.PAUSED, Stage.SCHEDULED, Stage.DRAFT, Stage.CANCELLED}
        stopped = Batch.objects.get(stop_rule="hard")
        assert stopped.state == Batch.State.PAUSED
        assert "do not exist" in stopped.state_reason

    def test_nothing_can_leave_and_nobody_can_receive_it(self) -> None:
        assert not Contact.objects.exclude(email__endswith=".example").exists()
        assert Provider.objects.get(pk=Batch.objects.values_list("provider", flat=True).distinct().get()).is_paused
        assert not Batch.objects.filter(state=Batch.State.SENDING).exists()

    def test_nothing_has_happened_after_now_or_long_before(self) -> None:
        now = timezone.now()
        assert not Event.objects.filter(Q(at__gt=now) | Q(at__lt=now - timedelta(weeks=15))).exists()
        assert not Attempt.objects.filter(Q(at__gt=now) | Q(at__gt=now - timedelta(minutes=1))).exists()
        assert not Message.objects.filter(accepted_at__gt=now).exists()
        assert not Suppression.objects.filter(created_at__gt=now).exists()

    def test_the_audit_finds_nothing_to_say(self) -> None:
        for batch in Batch.objects.filter(built_at__isnull=False):
            tally = ledger.audit(batch)
            batch.refresh_from_db()
            assert (batch.audit, tally.unaccounted) == ({}, 0), tally.words

    def test_the_second_line_adds_up(self) -> None:
        for batch in Batch.objects.filter(built_at__isnull=False):
            line = second_line.of([batch])
            counted = {term: Feedback.objects.filter(batch=batch, term=term).count() for term in Term}
            assert counted == {term: getattr(line, term.counter) for term in Term}
            assert line.accepted == Message.objects.filter(batch=batch, state=MessageState.ACCEPTED).count()
        assert FeedbackEvent.objects.filter(kind="bounce").exclude(returned=None).exists()

    def test_reports_equal_a_recount_of_events(self) -> None:
        for batch in Batch.objects.filter(built_at__isnull=False):
            report = numbers.report([batch.pk])
            for figure, kind in ((report.opened, EventKind.OPEN), (report.clicked, EventKind.CLICK)):
                events = Event.objects.filter(batch=batch, kind=kind).exclude(verdict="head")
                people, machines = events.filter(is_machine=False), events.filter(is_machine=True)
                assert figure.total == people.count()
                assert figure.people == people.values("message_id").distinct().count()
                assert figure.machines == machines.values("message_id").distinct().count()

    def test_some_readers_buy_and_some_of_it_comes_back(self) -> None:
        orders = Conversion.objects.all()
        assert orders.count() > 5
        assert orders.filter(refunded_at__gt=timezone.now()).count() == 0
        batches = list(orders.values_list("batch_id", flat=True).distinct())
        rows = [row for row in numbers.report(batches).conversions if row.times]
        assert sum(row.worth for row in rows) == sum((one.worth or 0) - one.refunded for one in orders)

    def test_sums_over_all_campaigns_are_what_a_recount_gives(self) -> None:
        before = _sums()
        hourly.recount()
        by_hour.recount()
        assert _sums() == before
        assert before[0]

    def test_sums_of_people_are_what_people_are_now(self) -> None:
        days = AudienceDay.objects.aggregate(*(Sum(name) for name in TERMS))
        gone = sum(days[f"{name}__sum"] for name in LEAVING)
        assert days["joined__sum"] - gone == Contact.objects.reachable().count()
        assert Cohort.objects.aggregate(sum=Sum("mailed"))["sum"] == MailedMonth.objects.count() > 0
        for each in MailingList.objects.all():
            row = each.days.aggregate(*(Sum(name) for name in ("joined", "back", "unsubscribed", "deleted", "lost")))
            gone = row["unsubscribed__sum"] + row["deleted__sum"] + row["lost__sum"]
            subscribed = Contact.objects.filter(subscriptions__list=each, subscriptions__state="subscribed")
            assert row["joined__sum"] + row["back__sum"] - gone == subscribed.reachable().count()

    def test_every_page_says_that_it_is_made_up(self) -> None:
        assert [notice.text for notice in notices.for_user(self.owner) if "demo data" in notice.text]

    def test_it_goes_as_a_whole_and_what_somebody_added_stays(self) -> None:
        mine = MailingList.objects.create(name="My own")
        ana = Contact.objects.create(email="ana@example.org")
        consent.subscribe(ana, lists=[mine.pk, MailingList.objects.get(name="Newsletter").pk], channel="hand")
        consent.suppress("old@example.org", Suppression.Reason.MANUAL)
        draft = Campaign.objects.create(name="Mine", created_by=self.owner)
        partitions = _tables()
        samples.remove(by=self.owner)
        assert list(Contact.objects.all()) == [ana]
        assert list(ana.subscriptions.values_list("list", flat=True)) == [mine.pk]
        assert list(MailingList.objects.all()) == [mine]
        assert list(Campaign.objects.all()) == [draft]
        assert list(Suppression.objects.values_list("email", flat=True)) == ["old@example.org"]
        left = (Batch, Chunk, Message, Attempt, Returned, FeedbackEvent, Event, Engagement, Rollup, MailDomain)
        assert {model.__name__: model._base_manager.count() for model in left if model._base_manager.exists()} == {}
        assert list(Provider.objects.values_list("kind", flat=True)) == [Provider.Kind.SANDBOX]
        assert not Cohort.objects.exists()
        assert not Goal.objects.exists()
        assert AudienceDay.objects.aggregate(sum=Sum("joined"))["sum"] == 1
        assert not any(any(row[1:]) for rows in _sums() for row in rows)
        assert not notices.for_user(self.owner)
        assert _tables() == partitions


def _sums() -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    keys = ("hour", "kind", "is_machine")
    acts = Hourly.objects.order_by(*keys).values_list(*keys).annotate(t=Sum("total"), p=Sum("people"))
    came_back = FeedbackHour.objects.order_by("hour").values_list("hour", *(term.counter for term in Term))
    return (
        [(row[:3], *row[3:]) for row in acts],
        [row for row in came_back if any(row[1:])],
    )


def _tables() -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor))
