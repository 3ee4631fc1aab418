"""The legal basis that an import gives to those of its lists that have none. A list that has one keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Min, Q

from contacts.grounds import expiring
from contacts.importing.plan import Plan
from contacts.models import ImportJob, ImportSlice, ListBasis, MailingList, Subscription

_KEY = "bases"  # in an import's options: by list, when it gave one


@dataclass(frozen=True, slots=True)
class Ground:
    """Which basis counts for one list of an import. `others`: people on it already whom a new one gives an end."""

    name: str
    url: str
    words: str
    is_own: bool
    others: int = 0


def grounds(job: ImportJob, plan: Plan) -> list[Ground]:
    """By list, before the run and after it; nothing where the import gives none."""
    if not plan.gives_basis:
        return []
    named, given = job.options.get("lists_found", ()), job.options.get(_KEY, {})
    found = list(MailingList.objects.filter(Q(pk__in=plan.lists) | Q(name__in=named)).select_related("basis"))
    known = [_of(one, one.basis, given) for one in found if hasattr(one, "basis")]
    if job.state != ImportJob.State.READY:
        return known
    for one in found:
        if not hasattr(one, "basis"):
            others = _without_end(one) if plan.months else 0
            known.append(Ground(one.name, one.get_absolute_url(), plan.basis_words, is_own=False, others=others))
    fresh = sorted(set(named) - {one.name for one in found})
    return known + [Ground(name, "", plan.basis_words, is_own=False) for name in fresh]


def give(job: ImportJob, plan: Plan, lists: Sequence[int]) -> None:
    """To those of `lists` that have none. Safe to repeat."""
    if not plan.gives_basis:
        return
    with transaction.atomic():
        given = dict(job.options.get(_KEY, {}))
        for pk in MailingList.objects.filter(pk__in=lists, basis=None).values_list("pk", flat=True):
            said = {"basis": plan.legal_basis, "months": plan.months, "note": plan.agreed[:500]}
            made, is_new = ListBasis.objects.get_or_create(
                list_id=pk, defaults=said | {"changed_by_id": job.created_by_id}
            )
            if is_new:
                given[str(pk)] = made.changed_at.isoformat()
        job.options[_KEY] = given
        ImportJob.objects.filter(pk=job.pk).update(options=job.options)


def to_take_back(job: ImportJob) -> list[ListBasis]:
    """Those that it gave, that nobody changed since, and that no later import which stands goes by."""
    found: list[ListBasis] = []
    first = job.slices.aggregate(first=Min("pk"))["first"] or 0
    for pk, at in job.options.get(_KEY, {}).items():
        later = ImportSlice.objects.filter(lists__contains=[int(pk)], pk__gt=first, undone_at=None).exclude(job=job)
        if not later.exists():
            given = ListBasis.objects.filter(pk=pk, changed_at=datetime.fromisoformat(at))
            found += given.select_related("list")
    return found


def take_back(job: ImportJob) -> None:
    """Nobody's consent ends by it any more. Safe to repeat."""
    for basis in to_take_back(job):
        unchanged = ListBasis.objects.filter(pk=basis.pk, changed_at=basis.changed_at)
        unchanged.update(months=None)
        expiring.apply_rules(basis.pk)
        with transaction.atomic():
            if unchanged.delete()[0]:
                Subscription.objects.filter(list_id=basis.pk, expires_at__isnull=False).update(expires_at=None)


def _of(one: MailingList, basis: ListBasis, given: dict[str, str]) -> Ground:
    is_own = given.get(str(one.pk)) != basis.changed_at.isoformat()
    return Ground(one.name, one.get_absolute_url(), basis.words, is_own=is_own)


def _without_end(one: MailingList) -> int:
    return Subscription.objects.filter(list=one, state=Subscription.State.SUBSCRIBED, is_express=False).count()
