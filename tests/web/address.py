"""What the tests over all addresses must be told about one of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from accounts.models import Role
from tests.web.cast import Cast

STAFF = frozenset(Role.values)
WRITERS = frozenset({Role.OWNER.value, Role.ADMIN.value, Role.MARKETER.value})
ADMINS = frozenset({Role.OWNER.value, Role.ADMIN.value})


def nothing(cast: Cast) -> dict[str, Any]:
    return {}


def beside(*makers: Callable[[Cast], Any]) -> Callable[[Cast], dict[str, Any]]:
    """An address without arguments; these objects are there when it is opened."""

    def make(cast: Cast) -> dict[str, Any]:
        for maker in makers:
            maker(cast)
        return {}

    return make


@dataclass(frozen=True)
class Address:
    """One URL name.

    who      roles that may open it (None: anybody, no login asked)
    args     builds the object and answers the arguments of the address
    get      whether it answers GET; `query` is appended then
    post     builds the data of a POST that is allowed and changes something
    changes  what to look at to see that the POST changed it
    page     whether GET shows a whole page (those are walked through in the browser); if not, `no_page` says why
    states   other objects (their arguments, and perhaps a `query`) with which the page looks different and is visited
             again
    spoil    selector of the button that shows the page with its errors when the form is empty or broken
    """

    who: frozenset[str] | None
    args: Callable[[Cast], dict[str, Any]] = nothing
    get: bool = True
    query: str = ""
    post: Callable[[Cast], dict[str, Any]] | None = None
    changes: Callable[[Cast], Any] | None = None
    states: tuple[Callable[[Cast], dict[str, Any]], ...] = ()
    spoil: str = ""
    no_page: str = ""
    statuses: frozenset[int] = field(default_factory=lambda: frozenset({200}))

    def __post_init__(self) -> None:
        assert (self.post is None) == (self.changes is None), "a POST without a way to see that it changed something"
        assert self.get or self.post or self.no_page

    def url(self, name: str, given: dict[str, Any]) -> str:
        query = given.pop("query", self.query)
        return f"{reverse(name, kwargs=given)}{query}"

    @property
    def is_page(self) -> bool:
        return self.get and not self.no_page
