"""Fix who gets a mail: at once when the lists are small, by a worker when they are large."""

from functools import partial

from django.db import transaction

from contacts import tasks
from contacts.audience import Audience
from contacts.fixed import drawing
from contacts.fixed.models import FixedAudience
from contacts.models import Subscription

AT_ONCE = 20_000  # places on the chosen lists: so many are looked through while the page waits


@transaction.atomic
def fix(chosen: Audience) -> FixedAudience:
    """Whoever would receive it now. Drawn up when this returns if its lists are small; else `people` is None until a
    worker has done it.
    """
    fixed = FixedAudience.objects.create(chosen=chosen.to_json())
    if Subscription.objects.filter(list_id__in=chosen.lists)[AT_ONCE : AT_ONCE + 1].exists():
        # Robust: if the broker is away, the sweep finds it.
        transaction.on_commit(partial(tasks.draw_up_audience.delay, fixed_id=fixed.pk), robust=True)
    else:
        drawing.draw_up(fixed.pk)
        fixed.refresh_from_db()
    return fixed
