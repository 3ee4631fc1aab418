"""Click targets, frozen when a batch is launched: the address in a mail carries only a link's number."""

from collections.abc import Sequence

from delivery.models import Batch
from tracking.conversions import signs
from tracking.models import Link

_LABEL_CHARS = 200


def freeze(batch: Batch, targets: Sequence[tuple[str, str]], *, language: str = "") -> list[Link]:
    """One link for each (url, label) in order of appearance, so that two buttons to one page are told apart.

    `language`, where the mail has several: each has links of its own. Idempotent: a batch that has links keeps them,
    because mails may already carry their numbers.
    """
    existing = list(Link.objects.filter(batch=batch, language=language))
    if existing:
        return existing
    return _create(batch, targets, start=Link.objects.filter(batch=batch).count(), language=language)


def extend(batch: Batch, targets: Sequence[tuple[str, str]], version: int, *, language: str = "") -> list[Link]:
    """The links of a further version, in order: those that are there already, so that a report adds up, or new ones."""
    there: dict[tuple[str, str], list[Link]] = {}
    for link in Link.objects.filter(batch=batch, language=language).order_by("-position"):
        there.setdefault((link.url, link.label), []).append(link)
    keys = [(url, label[:_LABEL_CHARS]) for url, label in targets]
    kept = [there[key].pop() if there.get(key) else None for key in keys]
    for link in filter(None, kept):
        link.versions = [*link.versions, version]
        link.save(update_fields=["versions"])
    missing = [key for key, link in zip(keys, kept, strict=True) if link is None]
    start = Link.objects.filter(batch=batch).count()
    made = iter(_create(batch, missing, start=start, version=version, language=language))
    return [link or next(made) for link in kept]


def _create(
    batch: Batch, targets: Sequence[tuple[str, str]], *, start: int, version: int = 1, language: str
) -> list[Link]:
    sites = signs.sites()
    return Link.objects.bulk_create(
        Link(
            batch=batch,
            url=url,
            label=label[:_LABEL_CHARS],
            position=position,
            versions=[version],
            language=language,
            is_signed=signs.belongs(url, sites),
        )
        for position, (url, label) in enumerate(targets, start)
    )
