"""Nothing that a request may carry is an error of ours: a sentence, a 404, never a 500."""

from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.models import Role
from tests.web import walking
from tests.web.addresses import ADDRESSES
from tests.web.cast import Cast

pytestmark = pytest.mark.django_db

# NUL, which PostgreSQL does not take; more digits than Python reads; a digit that is no decimal.
HOSTILE = ("a\0b", "9" * 5_000, "²")
READ = [
    "q",
    "who",
    "state",
    "list",
    "before",
    "after",
    "trail",
    "term",
    "link",
    "contact",
    "as",
    "view",
    "open",
    "preset",
    "test",
    "seen",
    "version",
    "kind",
    "block",
    "position",
    "inside",
    "column",
    "direction",
    "starter",
    "typed",
    "provider",
    "name",
    "label",
    "reason",
    "next",
    "theme",
    "everyone",
    "lists",
    "newest_id",
    "column-0",
    "label-0",
]


@pytest.mark.parametrize("name", [name for name in walking.names() if name in ADDRESSES])
def test_hostile_values_are_no_error(name: str) -> None:
    address, cast = ADDRESSES[name], Cast(Role.OWNER)
    url, browser = reverse(name, kwargs=address.args(cast)), cast.browser()
    usual: dict[str, Any] = address.post(cast) if address.post else {}
    for value in HOSTILE:
        said = dict.fromkeys(READ, value)
        tries = [("get", said), ("post", said), *(("post", usual | {field: value}) for field in usual)]
        for verb, data in tries:
            with transaction.atomic():
                b"".join(getattr(browser, verb)(url, data))
                transaction.set_rollback(True)
