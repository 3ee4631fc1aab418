"""The orders of the table, and a page of one by key: page 20,000 costs what page 1 costs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Lower
from django.http import HttpRequest

from contacts.models import Contact, ContactQuerySet
from contacts.paging import SIZE, Page, bounds, page_of
from contacts.table import naming


@dataclass(frozen=True, slots=True)
class Part:
    """People one after the other by `keys`, of which the last is the number; an index has them in that order."""

    within: Q
    holds: Callable[[Contact], bool]
    keys: tuple[str, ...]
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    name: str
    label: str
    parts: tuple[Part, ...]  # one after the other: those without a name come after all who have one


_KEYS = {"by_email": Lower("email")}
_CLICKED = Q(last_clicked_at__isnull=False)

NEWEST = Order("", "Newest", (Part(Q(), lambda person: True, ("pk",), descending=True),))
ORDERS = {
    order.name: order
    for order in (
        NEWEST,
        Order(
            "name",
            "Name",
            (
                Part(Q(by_name__gt=""), lambda person: bool(person.name), ("by_name", "pk")),
                Part(Q(by_name=""), lambda person: not person.name, ("pk",)),
            ),
        ),
        Order("email", "Address", (Part(Q(), lambda person: True, ("by_email",)),)),
        Order(
            "clicked",
            "Last click",
            (
                Part(_CLICKED, lambda person: person.last_clicked_at is not None, ("last_clicked_at", "pk"), True),
                Part(~_CLICKED, lambda person: person.last_clicked_at is None, ("pk",), True),
            ),
        ),
    )
}


def names_wait(order: str) -> bool:
    """Whether this order is not to be had now: very many people wait to be sorted by name."""
    return order == "name" and naming.waiting() is None


def page(found: ContactQuerySet, request: HttpRequest, order: Order, size: int = SIZE) -> Page[Contact]:
    """The page of `found` that follows the person `?before=`, or stands before the person `?after=`."""
    next_to, back_from = bounds(request)
    anchor: Contact | None = None
    if number := back_from or next_to:
        # By number nothing else of the person is needed, who may have been deleted since.
        of_it = Contact.objects.annotate(**_KEYS, by_name=naming.NOW).filter(pk=number)
        anchor = Contact(pk=number) if order is NEWEST else of_it.first()
    backward = bool(back_from and anchor)
    rows = _rows(found, order, anchor, backward=backward, most=size + 1)
    has_more = len(rows) > size
    rows = rows[:size][::-1] if backward else rows[:size]
    has_previous, has_next = (has_more, True) if backward else (anchor is not None, has_more)
    return page_of(rows, request, has_previous=has_previous, has_next=has_next)


def _rows(found: ContactQuerySet, order: Order, anchor: Contact | None, *, backward: bool, most: int) -> list[Contact]:
    if order.name != "name":
        return _in_order(found.alias(**_KEYS), order, anchor, backward=backward, most=most)
    waiting = naming.waiting() or ()
    if not waiting:
        return _in_order(naming.placed(found, but=()), order, anchor, backward=backward, most=most)
    bare = found.prefetch_related(None).only("pk")
    candidates = [
        *_in_order(naming.placed(bare, but=waiting), order, anchor, backward=backward, most=most),
        *_in_order(naming.among(bare, waiting), order, anchor, backward=backward, most=most),
    ]
    both = naming.now(found.filter(pk__in=[person.pk for person in candidates]))
    return _in_order(both, order, anchor, backward=backward, most=most)


def _in_order(
    found: ContactQuerySet, order: Order, anchor: Contact | None, *, backward: bool, most: int
) -> list[Contact]:
    rows: list[Contact] = []
    for part in reversed(order.parts) if backward else order.parts:
        people = found.filter(part.within)
        if anchor is not None:
            if not part.holds(anchor):
                continue  # it lies behind
            people, anchor = people.filter(_beyond(part, anchor, falling=part.descending != backward)), None
        direction = "desc" if part.descending != backward else "asc"
        rows += people.order_by(*(getattr(F(key), direction)() for key in part.keys))[: most - len(rows)]
        if len(rows) >= most:
            break
    return rows


def _beyond(part: Part, anchor: Contact, *, falling: bool) -> Q:
    """Rows after the anchor; the first condition is what an index is entered by."""
    values: list[Any] = [getattr(anchor, key) for key in part.keys]
    than, first = ("lt" if falling else "gt"), Q(**{f"{part.keys[0]}__{'lte' if falling else 'gte'}": values[0]})
    later, same = Q(), Q()
    for key, value in zip(part.keys, values, strict=True):
        later |= same & Q(**{f"{key}__{than}": value})
        same &= Q(**{key: value})
    return first & later
