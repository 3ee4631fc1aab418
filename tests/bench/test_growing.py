import pytest
from django.db.models import Sum

from accounts.models import User
from bench import growing
from contacts.models import Contact
from delivery.feedback import second_line
from delivery.models import Batch, Chunk, Feedback, Message
from tools.demo import filling
from tracking.models import Event

pytestmark = pytest.mark.django_db


# A demo of some weeks takes some seconds to be written.
def test_a_demo_multiplied_still_adds_up(owner: User) -> None:
    filling.fill(owner, size=150, weeks=4)
    before = [model._base_manager.count() for model in (Contact, Message, Event, Feedback)]
    copied = growing.grow(3)
    assert copied["contacts_contact"] == 2 * before[0]
    assert copied["tracking_event"] == 2 * before[2]
    assert [model._base_manager.count() for model in (Contact, Message, Event, Feedback)] == [3 * n for n in before]
    assert growing.disagreement() == ""
    for batch in Batch.objects.filter(built_at__isnull=False):
        line = second_line.of([batch])
        assert line.accepted == Chunk.objects.filter(batch=batch).aggregate(sum=Sum("accepted"))["sum"]
        assert line.heard == Feedback.objects.filter(batch=batch).count()
