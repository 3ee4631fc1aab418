"""Who may do what: one table, and the decorator every staff view wears."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django_htmx.middleware import HtmxDetails

from accounts.models import Organisation, Role, User


class Permission(StrEnum):
    LOOK = "look"  # read campaigns, reports, contacts, sandbox
    WRITE = "write"  # campaigns, content, images
    SEND = "send"  # launch, schedule, pause, cancel
    PEOPLE = "people"  # contacts, lists, imports, suppression
    EXPORT = "export"
    DELIVERY = "delivery"  # providers
    ORGANISATION = "organisation"  # settings of the organisation
    USERS = "users"  # invite, change roles, deactivate


_VIEWER = frozenset({Permission.LOOK})
_MARKETER = _VIEWER | {Permission.WRITE, Permission.SEND, Permission.PEOPLE, Permission.EXPORT}
_ADMIN = _MARKETER | {Permission.DELIVERY, Permission.ORGANISATION, Permission.USERS}

PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.VIEWER: _VIEWER,
    Role.MARKETER: _MARKETER,
    Role.ADMIN: _ADMIN,
    Role.OWNER: _ADMIN,
}


class StaffRequest(HttpRequest):
    """A request whose user is logged in."""

    user: User
    organisation: Organisation
    htmx: HtmxDetails


def allows(user: User, permission: Permission) -> bool:
    return user.is_active and permission in PERMISSIONS[user.role]


View = Callable[..., HttpResponseBase]


def requires(permission: Permission) -> Callable[[View], View]:
    """Refuse strangers with the login page and people without `permission` with 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not allows(cast("User", request.user), permission):
                raise PermissionDenied(permission)
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # read by the test that walks all addresses
        return cast("View", login_required(guarded))

    return decorate
