"""A connection test on the pages of what it tests: started, shown at an address of its own, found again by that."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.permissions import StaffRequest
from accounts.secrets import Unreadable
from delivery import connection_tests
from delivery.connection_tests import Run
from delivery.models import Provider, ReturnMailbox
from delivery.oauth.tokens import NoToken


def start(
    request: StaffRequest, tested: Provider | ReturnMailbox, page: str, begin: Callable[[], uuid.UUID]
) -> HttpResponse:
    """`page`: the name of the page that shows it; the form to correct it is `page`-edit."""
    try:
        key = begin()
    except connection_tests.TooMany:
        messages.error(request, "Many connections are being tested right now. Try again in a minute.")
        return redirect(page, tested.pk)
    except NoToken as problem:
        messages.error(request, f"{problem.words} {problem.cure}")
        return redirect(page, tested.pk)
    except Unreadable:
        messages.error(request, f"The stored password of {tested.name} cannot be read any more. Enter it again.")
        return redirect(f"{page}-edit", tested.pk)
    return redirect(address(page, tested.pk, key))


def address(page: str, number: int, key: uuid.UUID) -> str:
    return f"{reverse(page, args=[number])}?test={key}"


def found(request: StaffRequest, find: Callable[[uuid.UUID], Run | None]) -> dict[str, Any]:
    """For the page: the test that its address names, if it is still known."""
    try:
        key = uuid.UUID(request.GET.get("test", ""))
    except ValueError:
        return {}
    return {"run": find(key), "key": key}
