"""Pages by key: page 20,000 costs what page 1 costs, and nobody is skipped while others are added."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from accounts.numbers import whole_number

T = TypeVar("T", bound=Model)

SIZE = 50
_COUNTED = 100_000


@dataclass(frozen=True)
class Page(Generic[T]):
    rows: list[T]
    previous_url: str
    next_url: str


def latest_first(queryset: "QuerySet[T, Any]", request: HttpRequest, size: int = SIZE) -> Page[T]:
    """One page of `queryset` by falling id, as `?before=` or `?after=` of the request says."""
    before, after = bounds(request)
    if after:
        rows = list(queryset.filter(pk__gt=after).order_by("pk")[: size + 1])
        has_newer, has_older = len(rows) > size, True
        rows = rows[:size][::-1]
    else:
        found = queryset.filter(pk__lt=before) if before else queryset
        rows = list(found.order_by("-pk")[: size + 1])
        has_newer, has_older = bool(before), len(rows) > size
        rows = rows[:size]
    return page_of(rows, request, has_previous=has_newer, has_next=has_older)


def bounds(request: HttpRequest) -> tuple[int | None, int | None]:
    """`?before=` and `?after=`: the row that a page follows, or the one it stands before."""
    return whole_number(request.GET.get("before")), whole_number(request.GET.get("after"))


def page_of(rows: list[T], request: HttpRequest, *, has_previous: bool, has_next: bool) -> Page[T]:
    """With the addresses of the pages beside it."""
    return Page(
        rows,
        _url(request, after=rows[0].pk) if rows and has_previous else "",
        _url(request, before=rows[-1].pk) if rows and has_next else "",
    )


def count_in_words(queryset: "QuerySet[Any, Any]", one: str, many: str) -> str:
    """ "12,014 people"; beyond a hundred thousand it is not counted out."""
    number = queryset.order_by().values("pk")[: _COUNTED + 1].count()
    if number > _COUNTED:
        return f"More than {_COUNTED:,} {many}"
    return f"{number:,} {one if number == 1 else many}"


def _url(request: HttpRequest, **key: int) -> str:
    query = request.GET.copy()
    for name in ("before", "after"):
        query.pop(name, None)
    for name, value in key.items():
        query[name] = str(value)
    return f"?{query.urlencode()}"
