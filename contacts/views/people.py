"""Contacts: the table."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission, StaffRequest, requires
from contacts.bulk.actions import EVERY
from contacts.filtering import Filter
from contacts.models import Contact, ContactQuerySet, MailingList
from contacts.paging import SIZE, Page, bounds, page_of
from contacts.segments import beginning, measuring, searched
from contacts.table import columns, counting, ordering, searching
from contacts.table.columns import Column
from contacts.table.searching import Holding
from contacts.views import bulk

_SORTED_TO = 2_000  # people that a search finds; more of them are shown from the newest


@require_GET
@requires(Permission.LOOK)
def contacts(request: StaffRequest) -> HttpResponse:
    chosen = Filter.of(request.GET)
    try:
        page, counted, order = _found(request, chosen)
        is_too_slow = False
    except measuring.TooSlow:
        nobody: Page[Contact] = Page([], "", "")
        page, counted, order, is_too_slow = nobody, "", ordering.ORDERS[chosen.sort], True
    every = columns.every()
    shown = columns.shown_to(request.user, every)
    return render(
        request,
        "contacts/contacts.html",
        {
            "page": page,
            "rows": _rows(page.rows, shown),
            "columns": shown,
            "all_columns": [(one, one in shown) for one in every],
            "filter": chosen,
            "order": order,
            "orders": [(one, chosen.url(sort=one.name)) for one in ordering.ORDERS.values()],
            "is_too_many_to_sort": order.name != chosen.sort,
            "names_wait": order.name != chosen.sort and ordering.names_wait(chosen.sort),
            "counted": counted,
            "is_too_slow": is_too_slow,
            "none_at_all": chosen.is_empty and not page.rows,
            "done": bulk.just_done(request),
            "actions": EVERY.values(),
            "segment_url": beginning.address(searched.rules_of(chosen)) if searched.can_be_kept(chosen) else "",
            "chosen_list": MailingList.objects.filter(pk=chosen.list_id or 0).first(),
        },
    )


@require_POST
@requires(Permission.LOOK)
def choose_columns(request: StaffRequest) -> HttpResponse:
    known = {one.key for one in columns.every()}
    columns.keep(request.user, columns.Place.TABLE, [key for key in request.POST.getlist("column") if key in known])
    return redirect(reverse("contacts") + Filter.of(request.POST).url())


def _found(request: StaffRequest, chosen: Filter) -> tuple[Page[Contact], str, ordering.Order]:
    """The page, how many there are in words, and the order that it is really in. Raises TooSlow, of a segment."""
    order = ordering.NEWEST if ordering.names_wait(chosen.sort) else ordering.ORDERS[chosen.sort]
    found, marks = chosen.apply(), counting.marks_of(chosen)
    if not marks.says_something:
        with _limited(chosen):
            page = ordering.page(_shown(found), request, order)
        return page, counting.in_words(chosen, found), order
    holding = Holding.of(found, marks)
    number, is_exact = counting.counted(chosen, found, holding)
    words = counting.words(number, is_exact)
    with _limited(chosen):
        if order is ordering.NEWEST:
            return _newest(request, holding), words, order
        if number <= 2 * _SORTED_TO:
            ids = holding.newest(most=_SORTED_TO + 1)
            if len(ids) <= _SORTED_TO:
                of_these = _shown(Contact.objects.filter(searching.among(ids)))
                return ordering.page(of_these, request, order), counting.words(len(ids), is_exact=True), order
        if marks.search:
            return _newest(request, holding), words, ordering.NEWEST
        return ordering.page(_shown(found), request, order), words, order


def _limited(chosen: Filter) -> AbstractContextManager[None]:
    """What anybody may write as rules is given a time; all other filters are quick by themselves."""
    return measuring.within(measuring.PAGE_MS) if chosen.segment_id else nullcontext()


def _newest(request: StaffRequest, holding: Holding) -> Page[Contact]:
    before, after = bounds(request)
    ids = holding.newest(most=SIZE + 1, before=before, after=after)
    has_more = len(ids) > SIZE
    ids = ids[-SIZE:] if after else ids[:SIZE]
    rows = list(_shown(Contact.objects.filter(pk__in=ids)).order_by("-pk"))
    has_newer, has_older = (has_more, True) if after else (bool(before), has_more)
    return page_of(rows, request, has_previous=has_newer, has_next=has_older)


def _shown(found: ContactQuerySet) -> ContactQuerySet:
    return found.with_suppression().prefetch_related("subscriptions__list")


def _rows(people: Sequence[Contact], shown: Sequence[Column]) -> list[tuple[Contact, list[tuple[Column, Any]]]]:
    return [(person, [(column, column.value(person)) for column in shown]) for person in people]
