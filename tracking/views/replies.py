"""Every reply of a server, looked for and exported."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import cast

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.login.confirming import lately_confirmed
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from contacts.exporting import csv_response
from delivery import titles
from delivery.deliverability.figures import LANES
from delivery.models import Batch, Provider
from tracking.message_log.replies import reading
from tracking.message_log.replies.asking import KINDS, Wanted
from tracking.message_log.replies.row import Reply
from tracking.views.days import day_of, midnight
from tracking.views.paging import Place

_PAGE = 50
_HEADER = (
    "Time (UTC)", "Address", "Outcome", "Stage", "Code", "Enhanced code", "Reply of the server", "Why", "Provider",
    "Mailbox provider", "Mail",
)  # fmt: skip


@dataclass(frozen=True)
class Chosen:
    """What the address of the page asks for. Days are the organisation's, both of them belong to the span."""

    text: str
    kind: str
    provider_id: int
    code: str
    lane: str
    first_day: date | None
    last_day: date | None

    @classmethod
    def read(cls, request: StaffRequest) -> "Chosen":
        said = {
            name: request.GET.get(name, "").replace("\0", "").strip()[:320] for name in ("q", "kind", "code", "lane")
        }
        return cls(
            said["q"],
            said["kind"] if said["kind"] in KINDS else "",
            whole_number(request.GET.get("provider")) or 0,
            said["code"][:12],
            said["lane"] if said["lane"] in LANES else "",
            day_of(request.GET.get("from", "")),
            day_of(request.GET.get("to", "")),
        )

    @property
    def filters(self) -> dict[str, str | int]:
        days = {"from": str(self.first_day or ""), "to": str(self.last_day or "")}
        provider = self.provider_id or ""
        return {"q": self.text, "kind": self.kind, "provider": provider, "code": self.code, "lane": self.lane, **days}

    @property
    def query(self) -> str:
        return urlencode({name: value for name, value in self.filters.items() if value})

    @cached_property
    def wanted(self) -> Wanted:
        until = midnight(self.last_day + timedelta(days=1)) if self.last_day else None
        since = midnight(self.first_day)
        return Wanted(self.kind, self.text, self.provider_id, self.code, self.lane, since, until)

    @property
    def order(self) -> str:
        """How the table is sorted, in words."""
        if self.wanted.wants_tries and self.wanted.wants_accepted:
            return "Every reply about this address, the latest first"
        return "The latest first" if self.wanted.wants_tries else "The newest mail first"


@require_safe
@requires(Permission.LOOK)
def replies(request: StaffRequest) -> HttpResponse:
    chosen, place = Chosen.read(request), Place.read(request.GET)
    found = reading.page(chosen.wanted, place.after, _PAGE)
    named = titles.titles(reply.batch_id for reply in found.rows)
    rehearsed = set(
        Batch.objects.filter(pk__in=named, rehearsal=True).values_list("pk", flat=True),
    )
    providers = {provider.pk: provider for provider in Provider.objects.order_by("name")}
    rows = [
        (reply, named[reply.batch_id], providers.get(reply.provider_id or 0), reply.batch_id in rehearsed)
        for reply in found.rows
    ]
    context = {
        "chosen": chosen,
        "rows": rows,
        "found": found,
        "kinds": KINDS,
        "lanes": LANES,
        "providers": [provider for provider in providers.values() if not provider.removed_at],
        "next_url": place.next_url(found.before, **chosen.filters) if found.before else "",
        "previous_url": place.previous_url(**chosen.filters),
        "export_url": f"{reverse('replies-export')}?{chosen.query}",
    }
    return render(request, "tracking/replies.html", context)


@require_POST
@requires(Permission.EXPORT)
@lately_confirmed
def export(request: StaffRequest) -> HttpResponse:
    chosen = Chosen.read(request)
    audit.record(request, "replies.export", "the log", filters=chosen.query)
    names = dict(Provider.objects.values_list("pk", "name"))
    rows = (_cells(reply, names) for reply in reading.everything(chosen.wanted))
    return cast("HttpResponse", csv_response(f"replies-{timezone.localdate():%Y-%m-%d}", _HEADER, rows))


def _cells(reply: Reply, names: dict[int, str]) -> tuple[object, ...]:
    at = reply.at.strftime("%Y-%m-%d %H:%M:%S") if reply.at else ""
    provider = names.get(reply.provider_id or 0, "")
    said = (reply.stage, reply.code or "", reply.enhanced, reply.text, reply.why)
    return (at, reply.email, reply.label, *said, provider, reply.mailbox, reply.message_id)
