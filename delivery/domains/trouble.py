"""Domains that broke, for Home and for the bar across the top: nobody reads logs to learn that mail lands in spam."""

from collections.abc import Iterator
from itertools import islice

from django.db.models import Q, QuerySet
from django.utils.text import capfirst

from accounts.models import User
from accounts.permissions import Permission, allows
from accounts.shell.alarms import Alarm
from accounts.shell.notices import Notice
from accounts.shell.problems import Problem
from delivery.domains.models import SendingDomain
from delivery.domains.report import Report, Row
from delivery.models import Provider

_SHOWN = 3
_BROKEN = Q(broken_since__isnull=False)
_LOST = Q(report__has_key="lost") & ~Q(report__lost={})
_Told = tuple[SendingDomain, str, str]  # title, text


def problems(user: User) -> Iterator[Problem]:
    """Also, for those who can say so, names that are used as senders and that nobody has confirmed."""
    may_cure = allows(user, Permission.DELIVERY)
    noticed = list(_noticed())
    for domain, title, text in [*islice(_broken(noticed), _SHOWN), *islice(_with_records_gone(noticed), _SHOWN)]:
        text = text if may_cure else f"{text} An admin can see to it."
        yield Problem("bad", title, text, domain.get_absolute_url(), about=_about(domain))
    for domain in SendingDomain.objects.not_set_up()[:_SHOWN] if may_cure and _real_mail_leaves() else ():
        yield Problem("warn", f"{domain} is not set up yet", _what(domain), domain.get_absolute_url(), "Set it up")
    for domain in SendingDomain.objects.filter(confirmed_at=None)[:_SHOWN] if may_cure else ():
        text = "Somebody entered it as a sender. No real mail leaves in its name before an admin says that it is yours."
        yield Problem("wait", f"Is {domain} yours?", text, domain.get_absolute_url(), "Say so")


def domains() -> QuerySet[SendingDomain]:
    """Those that `problems` may tell of, to some or to all."""
    return _noticed() | SendingDomain.objects.not_set_up() | SendingDomain.objects.filter(confirmed_at=None)


def notices(user: User) -> Iterator[Notice]:
    for domain in SendingDomain.objects.broken()[:_SHOWN]:
        text = f"Mail from {domain} no longer passes: mailboxes may refuse it. {_what(domain)}"
        if allows(user, Permission.DELIVERY):
            yield Notice("bad", text, domain.get_absolute_url(), "See why", _about(domain))
        else:
            yield Notice("bad", text, about=_about(domain))


def _noticed() -> QuerySet[SendingDomain]:
    return SendingDomain.objects.confirmed().filter(_BROKEN | _LOST)


def _real_mail_leaves() -> bool:
    """Before that, a domain without records is a step that is still to come, and which it needs is not known."""
    return Provider.objects.kept().exclude(kind=Provider.Kind.SANDBOX).exists()


def _broken(noticed: list[SendingDomain]) -> Iterator[_Told]:
    for domain in noticed:
        if domain.broken_since:
            yield domain, f"Mail from {domain} no longer passes", _what(domain)


def _with_records_gone(noticed: list[SendingDomain]) -> Iterator[_Told]:
    """Of domains whose mail passes, or may pass: one that fails is told as broken, or not set up yet."""
    for domain in noticed:
        is_failing = domain.broken_since or domain.state == SendingDomain.State.FAILS
        if not is_failing and (gone := Report.read(domain.report).gone):
            passes = "" if domain.state == SendingDomain.State.UNKNOWN else "Mail still passes. "
            yield domain, f"Records of {domain} are no longer in order", f"{passes}{_in_words(gone)}"


def _what(domain: SendingDomain) -> str:
    wrong = Report.read(domain.report).wrong
    return _in_words(wrong) if wrong else "It passes neither SPF nor DKIM."


def _in_words(wrong: list[Row]) -> str:
    """Which records, and of the first what is wrong and the cure."""
    kinds = {
        "ownership": "the proof that it is yours",
        "spf": "SPF",
        "dkim": "DKIM",
        "dmarc": "DMARC",
        "bounce": "the bounce domain",
        "tracking": "the link domain",
    }
    names = list(dict.fromkeys(kinds.get(row.kind, row.kind) for row in wrong))
    cure = next((one["cure"] for one in wrong[0].findings if one["cure"]), "")
    return capfirst(f"{' and '.join(names)}: {wrong[0].words} {cure}".strip())


def _about(domain: SendingDomain) -> str:
    return Alarm.DOMAIN.about(domain.pk)
