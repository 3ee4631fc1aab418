"""A year of Harbour Books, told in order: who joins, what is sent, read, returned, and who leaves.

All in one transaction, so that nobody sends any of it and a broken-off filling leaves nothing; but for the sums of
people, which jobs would carry over a minute later. The product's own code writes and counts; the clock is turned back
for it.
"""

import heapq
import random
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from itertools import count

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Organisation, User
from campaigns.content import blocks
from campaigns.models import Campaign
from contacts import consent
from contacts.growth import folding as growth
from contacts.models import Contact
from contacts.reach import counting
from contacts.suppression import holding
from delivery import ledger
from delivery.feedback.acting import complained
from delivery.feedback.reading.reader import Reader
from delivery.ledger import cancelling
from delivery.models import Batch, MessageState
from delivery.providers import sample_relay
from tools.demo import joining, ordering, people, reading, returning, sending, words, year
from tools.demo.clock import Clock, turned_back
from tools.demo.people import Mailbox, Person
from tools.demo.reading import Leaving, Left, Mailed
from tools.demo.returning import Bounced
from tools.demo.sending import Way
from tools.demo.year import Course, Planned
from tracking.cohorts import folding as cohorts
from tracking.intake import folding, storing
from tracking.models import EventKind, Link
from tracking.public import recording
from tracking.public.spool import Act

PEOPLE, WEEKS = 8_500, 52
_ACTS_AT_ONCE = 5_000


def fill(owner: User, *, size: int = PEOPLE, weeks: int = WEEKS) -> None:
    """`size` people within the last `weeks`. To be called once."""
    now = timezone.now()
    begins = now - timedelta(weeks=weeks, days=2)
    complained.disconnect(recording.record_complaint)  # it would spool complaints at the real time
    try:
        with transaction.atomic(), turned_back(begins) as clock, closing(Reader()) as reader:
            _Story(owner, clock, reader, now).tell(size, begins, weeks)
    finally:
        complained.connect(recording.record_complaint)
    _fold()


def _fold() -> None:
    """In transactions of its own: in the long one each person's row would keep all its versions, a mail each."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    folding.fold()
    cohorts.fold()
    growth.fold()
    counting.recount()


class _Story:
    def __init__(self, owner: User, clock: Clock, reader: Reader, now: datetime) -> None:
        self._owner, self._clock, self._reader, self._now = owner, clock, reader, now
        self._chance = random.Random("a year by the harbour")  # decides about nobody real
        self._to_come: list[tuple[datetime, int, Callable[[], object]]] = []
        self._numbers = count()
        self._people: dict[int, Person] = {}
        self._left: list[Act] = []  # stored at the end: one by one costs as much as a thousand
        organisation = Organisation.get()
        self._base = organisation.public_address if organisation else ""

    def tell(self, size: int, begins: datetime, weeks: int) -> None:
        self._lists = joining.make_lists(people.LISTS)
        self._relay = sample_relay.make()
        joining.make_domains()
        self._shop = ordering.Shop(ordering.make_goal())
        self._guests = sorted(people.everyone(size, begins, self._now), key=lambda person: person.joined_at)
        for week in range(weeks + 1):
            self._plan(begins + timedelta(weeks=week), self._join)
        self._plan(self._now, self._join)
        for planned in year.campaigns(self._now, weeks=weeks):
            is_ahead = planned.course == Course.PLANNED
            self._plan(self._now - timedelta(hours=5) if is_ahead else planned.at, partial(self._launch, planned))
        self._plan(self._now - timedelta(hours=3), partial(self._write, year.draft(self._now)))
        while self._to_come:
            at, _, happen = heapq.heappop(self._to_come)
            self._clock.set(at)
            happen()
        self._clock.set(self._now)
        self._store(self._left)

    def _plan(self, at: datetime, happen: Callable[[], object]) -> None:
        """What lies ahead of the real time does not happen."""
        if at <= self._now:
            heapq.heappush(self._to_come, (at, next(self._numbers), happen))

    def _join(self) -> None:
        come = [person for person in self._guests if person.joined_at <= self._clock.at]
        self._guests = self._guests[len(come) :]
        self._people |= joining.join(come, self._lists)

    def _write(self, planned: Planned) -> Campaign:
        document = words.mail(
            planned.heading,
            planned.opening,
            list(planned.books),
            art=planned.art,
            base=self._base,
            note=planned.note,
        )
        campaign = Campaign.objects.create(
            name=planned.name,
            subject=planned.subject,
            preheader=planned.preheader,
            sender_name="Harbour Books",
            sender_email="news@harbour-books.example",
            blocks=blocks.validate(document),
            provider=None if planned.course == Course.DRAFT else self._relay,
            scheduled_at=planned.at if planned.course == Course.PLANNED else None,
            is_sample=True,
            created_by=self._owner,
            updated_by=self._owner,
        )
        campaign.lists.set(self._lists[name] for name in planned.lists)
        campaign.excluded_lists.set(self._lists[name] for name in planned.excluded_lists)
        return campaign

    def _launch(self, planned: Planned) -> None:
        batch = sending.launch(self._write(planned), self._relay, self._owner)
        if planned.course == Course.PLANNED:
            return
        way = Way(self._clock, self._people, breaks_off=planned.course == Course.BREAKS_OFF)
        if planned.course in (Course.PAUSED, Course.CANCELLED):
            way.until, way.interrupt = 0.35, self._pause if planned.course == Course.PAUSED else self._cancel
        sending.send(batch, way)
        if planned.course == Course.STOPS:
            self._plan(self._clock.at + timedelta(hours=1), self._review)
        self._read(batch, planned)

    def _pause(self, batch: Batch) -> None:
        ledger.pause(batch, reason=f"Paused by {self._owner}")

    def _cancel(self, batch: Batch) -> None:
        ledger.cancel(batch)
        cancelling.settle(batch.pk)
        sending.end()

    def _review(self) -> None:
        """After a campaign that stopped itself: somebody believes the servers that so many do not exist."""
        for held in holding.held():
            holding.believe(held.domain)

    def _read(self, batch: Batch, planned: Planned) -> None:
        """What people and machines do with it until now; what comes of it later is planned for its time."""
        links = list(Link.objects.filter(batch=batch).order_by("position").values_list("pk", flat=True))
        acts: list[Act] = []
        agents: dict[int, str] = {}
        bounced: list[Bounced] = []
        for mailed in _accepted(batch):
            person = self._people[mailed.contact_id]
            returned = _returned(person, mailed)
            if returned:
                bounced.append(returned)
                continue
            agents[mailed.message_id] = person.client.clicks
            acts += reading.acts(self._chance, person, mailed, planned, links)
            left = reading.leaving(self._chance, person, mailed, planned)
            if left:
                self._plan(left.at, partial(self._leave, left, person))
        acts = [act for act in acts if act.at <= self._now.timestamp()]
        self._store(acts)
        self._shop.sell(acts, agents, self._now)
        for hours in (0.1, 3, 50):
            some = [each for each in bounced if self._chance.random() < 0.6] if hours < 50 else bounced
            bounced = [each for each in bounced if each not in some]
            self._plan(self._clock.at + timedelta(hours=hours), partial(self._return, some))

    def _return(self, bounced: Sequence[Bounced]) -> None:
        returning.hand_in(bounced, self._clock.at, self._reader)

    def _leave(self, left: Left, person: Person) -> None:
        mailed = left.mailed
        if left.by == Leaving.COMPLAINT:
            returning.hand_in([Bounced(mailed.message_id, person.email)], self._clock.at, self._reader)
            self._left.append(Act(left.at.timestamp(), int(EventKind.COMPLAINT), mailed.message_id, 0, "", "", ""))
            return
        contact = Contact.objects.get(pk=mailed.contact_id)
        lists = Batch.objects.values_list("lists", flat=True).get(pk=mailed.batch_id)
        consent.unsubscribe(
            contact,
            lists=lists if left.by == Leaving.PAGE and self._chance.random() < 0.6 else None,
            channel=left.by,
            ip=left.ip,
            message_id=mailed.message_id,
        )
        kind = int(EventKind.UNSUBSCRIBE)
        self._left.append(
            Act(left.at.timestamp(), kind, mailed.contact_id, mailed.batch_id, left.by, left.ip, left.user_agent)
        )

    def _store(self, acts: Sequence[Act]) -> None:
        ordered = sorted(acts, key=lambda act: act.at)
        for start in range(0, len(ordered), _ACTS_AT_ONCE):
            with connection.cursor() as cursor:
                storing.store(cursor, ordered[start : start + _ACTS_AT_ONCE])


def _accepted(batch: Batch) -> list[Mailed]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, contact_id, batch_id, accepted_at FROM delivery_message WHERE batch_id = %s AND state = %s"
            " ORDER BY id",
            [batch.pk, int(MessageState.ACCEPTED)],
        )
        return [Mailed(*row) for row in cursor.fetchall()]


def _returned(person: Person, mailed: Mailed) -> Bounced | None:
    if mailed.accepted_at < person.fails_from:
        return None
    reasons = {Mailbox.RETURNED: returning.GONE, Mailbox.FULL: returning.FULL}.get(person.mailbox)
    return Bounced(mailed.message_id, person.email, reasons) if reasons else None
