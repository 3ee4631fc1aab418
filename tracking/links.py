"""Click targets, frozen when a batch is launched: the address in a mail carries only a link's number."""

from collections.abc import Sequence

from delivery.models import Batch
from tracking.conversions import signs
from tracking.models import Link

_LABEL_CHARS = 200


def freeze(batch: Batch, targets: Sequence[tuple[str, str]]) -> list[Link]:
    """One link for each (url, label) in order of appearance, so that two buttons to one page are told apart.

    Idempotent: a batch that has links keeps them, because mails may already carry their numbers.
    """
    existing = list(Link.objects.filter(batch=batch))
    if existing:
        return existing
    return _create(batch, targets)


def extend(batch: Batch, targets: Sequence[tuple[str, str]], version: int) -> list[Link]:
    """The links of a further version, in order: those that are there already, so that a report adds up, or new ones."""
    there: dict[tuple[str, str], list[Link]] = {}
    for link in Link.objects.filter(batch=batch).order_by("-position"):
        there.setdefault((link.url, link.label), []).append(link)
    keys = [(url, label[:_LABEL_CHARS]) for url, label in targets]
    kept = [there[key].pop() if there.get(key) else None for key in keys]
    for link in filter(None, kept):
        link.versions = [*link.versions, version]
        link.save(update_fields=["versions"])
    missing = [key for key, link in zip(keys, kept, strict=True) if link is None]
    made = iter(_create(batch, missing, start=Link.objects.filter(batch=batch).count(), version=version))
    return [link or next(made) for link in kept]


def _create(batch: Batch, targets: Sequence[tuple[str, str]], start: int = 0, version: int = 1) -> list[Link]:
    sites = signs.sites()
    return Link.objects.bulk_create(
        Link(
            batch=batch,
            url=url,
            label=label[:_LABEL_CHARS],
            position=position,
            versions=[version],
            is_signed=signs.belongs(url, sites),
        )
        for position, (url, label) in enumerate(targets, start)
    )
