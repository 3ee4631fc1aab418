"""A campaign that went out, and what people did with it."""

import pytest
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from campaigns.sending import launching
from delivery.ledger import building
from delivery.models import Batch, Feedback, Message, MessageState, Term
from tests.campaigns import letters
from tracking.models import Engagement, EventKind, Link


@pytest.fixture
def sent(owner: User) -> Campaign:
    """Ana opened and clicked, Bo opened and left, a program clicked Cy's, which came back; Di got nothing."""
    readers = letters.readers("Ana", "Bo", "Cy")
    letters.readers("Di", list_name="Others")
    campaign = letters.draft(owner, readers)
    batch = launching.launch(campaign, by=owner)
    building.build(batch.pk)
    Message.objects.filter(batch=batch).update(state=MessageState.ACCEPTED)
    Batch.objects.filter(pk=batch.pk).update(started_at=timezone.now(), rehearsal=False)
    link = Link.objects.filter(batch=batch).first()
    assert link
    for name, kind, link_id, is_machine in (
        ("ana", EventKind.OPEN, 0, False),
        ("ana", EventKind.CLICK, 0, False),
        ("ana", EventKind.CLICK, link.pk, False),
        ("bo", EventKind.OPEN, 0, False),
        ("bo", EventKind.UNSUBSCRIBE, 0, False),
        ("cy", EventKind.CLICK, 0, True),
    ):
        Engagement.objects.create(
            message_id=Message.objects.get(batch=batch, email=f"{name}@example.org").pk,
            batch=batch,
            kind=kind,
            link_id=link_id,
            is_machine=is_machine,
            first_at=timezone.now(),
        )
    for name, term in (("bo", Term.COMPLAINED), ("cy", Term.HARD)):
        message = Message.objects.get(batch=batch, email=f"{name}@example.org")
        Feedback.objects.create(message_id=message.pk, batch=batch, lane="other", term=term, at=timezone.now())
    campaign.refresh_from_db()
    return campaign
