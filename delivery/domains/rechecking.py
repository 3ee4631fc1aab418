"""Domains are looked at again by themselves: after 1, 5, 15 and 60 minutes, then daily."""

from django.utils import timezone

from accounts.egress.fetching import Client, Limits, NoAnswer
from accounts.egress.guard import Refused
from delivery.domains import checking, gathering, known
from delivery.domains.models import SendingDomain
from delivery.domains.report import Report
from delivery.domains.resolver import Ask, Resolver

AT_ONCE = 20
_SECONDS = 60.0  # for all questions of one domain


def due() -> list[int]:
    """Those to be checked now. What appeared meanwhile is among them."""
    known.appear()
    return list(
        SendingDomain.objects.due(timezone.now()).order_by("next_check_at").values_list("pk", flat=True)[:AT_ONCE]
    )


def check(domain_id: int, ask: Ask | None = None) -> None:
    """With a resolver of its own, so that what was changed a moment ago is seen."""
    domain = SendingDomain.objects.confirmed().filter(pk=domain_id).first()
    if domain is None:
        return
    report = checking.check(gathering.facts(domain), ask or Resolver(most_seconds=_SECONDS), _text_at)
    report = report.since(Report.read(domain.report))
    domain.take(report.as_json(), report.state, timezone.now(), is_silent=report.is_silent)


def _text_at(url: str) -> str | None:
    """A policy of some lines, through the guard: the address follows from a name that somebody typed."""
    try:
        answer = Client(Limits(seconds=5.0, answer_bytes=64_000, redirects=0)).get(url)
    except (Refused, NoAnswer):
        return None
    return answer.body.decode("utf-8", "replace") if answer.status == 200 else None
