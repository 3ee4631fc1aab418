"""Deciding about messages that may have arrived: leave them, or send them again."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from accounts.wording import count_people
from delivery import ledger, titles
from delivery.models import Batch


@dataclass(frozen=True, slots=True)
class Chosen:
    """Of whose messages a form speaks; `ids` None: everybody's. `gone`: ticked, and not uncertain any more."""

    batch: Batch
    ids: list[int] | None
    count: int
    gone: int = 0
    query: str = ""  # the filters of the page, as its address has them

    @classmethod
    def read(cls, request: StaffRequest, batch_id: int) -> "Chosen":
        batch = get_object_or_404(Batch.objects.select_related("provider"), id=batch_id)
        query = urlencode(request.GET.dict() | {"term": "uncertain"})
        if "all" in request.POST:
            return cls(batch, None, ledger.tally(batch).uncertain, query=query)
        ticked = {number for text in request.POST.getlist("message") if (number := whole_number(text))}
        ids = ledger.still_uncertain(batch, ticked)
        return cls(batch, ids, len(ids), len(ticked) - len(ids), query)

    @property
    def title(self) -> titles.Title:
        return titles.titles([self.batch.pk])[self.batch.pk]

    @property
    def gone_in_words(self) -> str:
        if not self.gone:
            return ""
        verb = "is" if self.gone == 1 else "are"
        return f"{self.gone} of those you chose {verb} not in doubt any more: heard of, or sent again meanwhile. "

    @property
    def url(self) -> str:
        return f"{reverse('batch-people', args=[self.batch.pk])}?{self.query}"


@require_POST
@requires(Permission.SEND)
def send_again(request: StaffRequest, batch_id: int) -> HttpResponse:
    """Says first what may come of it; does it when somebody is sure."""
    chosen = Chosen.read(request, batch_id)
    if not chosen.count:
        return _nobody(request, chosen)
    if "sure" not in request.POST:
        return render(request, "tracking/send_again.html", {"chosen": chosen})
    try:
        count = ledger.send_again(chosen.batch, chosen.ids, by=str(request.user))
    except ledger.NotPossible as reason:
        messages.warning(request, f"Nothing is sent again. {reason}", extra_tags="refused")
        return redirect(chosen.url)
    audit.record(request, "messages.again", chosen.title.text, batch=chosen.batch.pk, people=count)
    messages.success(request, f"{count_people(count)} will get it once more.")
    return redirect(chosen.title.url or chosen.url)


@require_POST
@requires(Permission.SEND)
def leave(request: StaffRequest, batch_id: int) -> HttpResponse:
    chosen = Chosen.read(request, batch_id)
    if not chosen.count:
        return _nobody(request, chosen)
    count = ledger.leave_uncertain(chosen.batch, chosen.ids, by=str(request.user))
    audit.record(request, "messages.left", chosen.title.text, batch=chosen.batch.pk, people=count)
    messages.success(
        request, f"Left as it is for {count_people(count)}. {chosen.gone_in_words}You can change your mind."
    )
    return redirect(chosen.url)


def _nobody(request: StaffRequest, chosen: Chosen) -> HttpResponse:
    messages.warning(request, chosen.gone_in_words or "Choose at least one person first.")
    return redirect(chosen.url)
