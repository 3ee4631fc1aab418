"""What every template may use: the menu, permissions, and how things are written."""

from collections.abc import Mapping, Sized
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django import template
from django.forms import BaseForm
from django.template import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts import wording
from accounts.calendar import timezones
from accounts.models import User
from accounts.people import mailing
from accounts.permissions import Permission, allows
from accounts.shell import menu as menus
from accounts.shell import notices, strip
from accounts.two_factor import passkeys

register = template.Library()


@register.simple_tag(takes_context=True)
def menu(context: Context) -> SafeString | str:
    return _menu(_groups(context))


@register.simple_tag(takes_context=True)
def phone_menu(context: Context) -> list[menus.Entry]:
    entries = [entry for group in _groups(context) for entry in group.entries]
    return [entry for entry in entries if entry.name in menus.ON_THE_PHONE]


@register.simple_tag(takes_context=True)
def page_above(context: Context) -> menus.Entry | None:
    user = _user(context)
    return menus.above(user, context["request"].path) if user else None


@register.simple_tag(takes_context=True)
def address(context: Context, name: str) -> str:
    """Where the page `name` is, or nothing if there is none for this person."""
    user = _user(context)
    return (menus.address_of(name, user) if user else None) or ""


@register.simple_tag(takes_context=True)
def has_permission(context: Context, name: str) -> bool:
    user = _user(context)
    return bool(user and allows(user, Permission(name)))


@register.simple_tag(takes_context=True)
def notices_for_everyone(context: Context) -> list[notices.Notice]:
    """But not what leads to the very page that is shown: it says so itself."""
    user = _user(context)
    if user is None:
        return []
    return [notice for notice in notices.for_user(user) if notice.action_url != context["request"].path]


@register.simple_tag
def can_mail() -> bool:
    """Whether a mail to somebody who works here would leave."""
    return mailing.can_mail()


@register.simple_tag
def has_passkeys() -> bool:
    """Whether anybody here logs in with a passkey."""
    return passkeys.are_used()


@register.simple_tag
def time_zones() -> tuple[str, ...]:
    return timezones.names()


@register.simple_tag
def tally_parts(tally: strip.Tally, links: Mapping[str, str] | None = None) -> list[strip.Part]:
    return strip.parts(tally, links or None)


@register.filter
def strip_in_words(parts: list[strip.Part]) -> str:
    return strip.in_words(parts)


@register.filter
def when(at: datetime | None) -> SafeString | str:
    if not at:
        return wording.NOT_YET
    local = timezone.localtime(at)
    short = wording.moment(local, timezone.localtime())
    full = f"{local:%A} {local.day} {local:%B %Y, %H:%M:%S %Z}"
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), full, short)


@register.filter
def day(on: datetime | date | None) -> SafeString | str:
    if not on:
        return wording.NOT_YET
    local = timezone.localtime(on).date() if isinstance(on, datetime) else on
    short = wording.day(local, timezone.localdate())
    full = f"{local:%A} {local.day} {local:%B %Y}"
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), full, short)


@register.filter
def on_day(on: date) -> str:
    """A day without markup, for mails."""
    return wording.day(on, timezone.localdate())


@register.filter
def count(number: Any) -> str:
    return wording.NOT_YET if number is None or number == "" else wording.count(int(number))


@register.filter
def breakable(address: str) -> SafeString:
    return wording.breakable(address)


@register.filter
def rate(share: float | None) -> str:
    return wording.rate(share)


@register.filter
def fine_rate(share: float | None) -> str:
    """With two decimals, where a tenth of a per cent decides."""
    return "<\N{NO-BREAK SPACE}0.01\N{NO-BREAK SPACE}%" if share and share < 0.00005 else wording.rate(share, "0.01")


@register.filter
def money(amount: Decimal, currency: str) -> str:
    return wording.money(amount, currency)


@register.filter
def span(length: timedelta) -> str:
    return wording.span(length)


@register.filter
def widget_kind(field: Any) -> str:
    """Which shape components/field.html gives a form field."""
    if field.use_fieldset:
        return "choices"
    kind: str = field.widget_type
    return kind if kind in {"checkbox", "password"} else "plain"


@register.simple_tag
def places_to_mend(form: BaseForm, open_points: Sized) -> int:
    """Fields that say something, one for what is said of the form as a whole, and what is open above its fields."""
    return sum(bool(field.errors) for field in form) + bool(form.non_field_errors()) + len(open_points)


def _groups(context: Context) -> tuple[menus.Group, ...]:
    user = _user(context)
    return menus.groups(user, context["request"].path) if user else ()


@cache
def _menu(groups: tuple[menus.Group, ...]) -> SafeString:
    """There are few, one for each role and entry, and every page shows one twice."""
    return render_to_string("components/menu.html", {"groups": groups})


def _user(context: Context) -> User | None:
    request = context.get("request")
    user = getattr(request, "user", None)
    return user if isinstance(user, User) and user.is_active else None
