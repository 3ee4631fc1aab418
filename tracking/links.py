"""Click targets, frozen when a batch is launched: the address in a mail carries only a link's number."""

from collections.abc import Sequence

from delivery.models import Batch
from tracking.models import Link

_LABEL_CHARS = 200


def freeze(batch: Batch, targets: Sequence[tuple[str, str]]) -> list[Link]:
    """One link for each (url, label) in order of appearance, so that two buttons to one page are told apart.

    Idempotent: a batch that has links keeps them, because mails may already carry their numbers.
    """
    existing = list(Link.objects.filter(batch=batch))
    if existing:
        return existing
    return Link.objects.bulk_create(
        Link(batch=batch, url=url, label=label[:_LABEL_CHARS], position=position)
        for position, (url, label) in enumerate(targets)
    )
