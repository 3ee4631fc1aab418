"""A campaign that went out, and what its readers did with it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from campaigns.sending import launching
from delivery.ledger import building
from delivery.models import Batch, Message, MessageState
from delivery.policy import mailbox_providers
from tests.campaigns import letters
from tracking.intake import sums
from tracking.models import EventKind, Link

FRAME = (
    '<!doctype html><html lang="en"><head><title>N</title><base href="https://evil.example/"></head><body>{}'
    '<p>{{{{ postal_address }}}} <a href="{{{{ unsubscribe_url }}}}">Leave</a>'
    ' <a href="mailto:a@b.example">Write</a></p></body></html>'
)
WORDS = (
    "<p>Hello {{ first_name|default('you') }}"
    ' <a href="https://shop.example/a?utm_source=mail&x=1" target="_blank">Offer A</a>'
    ' <a href="https://shop.example/b"><img src="https://shop.example/b.png" alt="Picture B"></a></p>'
)


@dataclass(frozen=True)
class Counted:
    """A message as the sums see it."""

    id: int
    batch_id: int
    lane: str
    language: str

    @classmethod
    def of(cls, mail: Message) -> "Counted":
        return cls(mail.id, mail.batch_id, mailbox_providers.lane(mail.email), mail.language or "")


@dataclass
class Out:
    """A launched campaign, all of whose people have it."""

    campaign: Campaign

    @property
    def batch(self) -> Batch:
        assert self.campaign.batch_id
        return Batch.objects.get(pk=self.campaign.batch_id)

    @property
    def links(self) -> list[Link]:
        return list(Link.objects.filter(batch=self.campaign.batch_id).order_by("position"))

    @property
    def messages(self) -> list[Message]:
        return list(Message.objects.filter(batch=self.campaign.batch_id).order_by("id"))

    def did(self, kind: EventKind, *people: int, link: int = 0, is_machine: bool = False, channel: str = "") -> None:
        """These of the people (by their place) did it, as the intake would write it."""
        from django.db import connection

        gathered, at = sums.Sums(), timezone.now()
        with connection.cursor() as cursor:
            for mail in (Counted.of(self.messages[number]) for number in people):
                gathered.add_event(mail, at, kind, link, is_machine, channel)
                keys = {(mail.id, int(kind), one, is_machine): at for one in {0, link}}
                for _, _, link_id, machine, first in sums.insert_engagement(cursor, {mail.id: mail}, keys):
                    gathered.add_person(mail, first, kind, link_id, machine, channel)
            gathered.write(cursor)


@pytest.fixture
def send(owner: User) -> Callable[..., Out]:
    """Send a campaign for real (as the ledger has it) to that many people, so long ago."""

    def make(
        people: int = 4, *, ago: timedelta = timedelta(days=3), rehearsal: bool = False, words: str = WORDS, **more: Any
    ) -> Out:
        readers = letters.readers(*(f"Reader{number}" for number in range(people)), list_name=f"{people} readers")
        draft = letters.draft(owner, readers, content_kind="html", html=FRAME.format(words), **more)
        batch = launching.launch(draft, by=owner)
        building.build(batch.pk)
        at = timezone.now() - ago
        Message.objects.filter(batch=batch).update(state=MessageState.ACCEPTED, accepted_at=at, version=1)
        batch.chunks.update(accepted=0, is_done=True)
        Batch.objects.filter(pk=batch.pk).update(
            state=Batch.State.DONE,
            rehearsal=rehearsal,
            accepted=people,
            pending=0,
            started_at=at,
            finished_at=at,
        )
        return Out(Campaign.objects.get(pk=draft.pk))

    return make


@pytest.fixture
def browser(marketer: User, client_for: Callable[[User], Client]) -> Client:
    return client_for(marketer)
