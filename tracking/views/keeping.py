"""The setting how long single opens and clicks are kept."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.permissions import Permission, StaffRequest, requires
from tracking import keeping as kept
from tracking.models import EventKeeping

_YEARS = ((12, "1 year"), (24, "2 years"), (36, "3 years"), (60, "5 years"))
_CHOICES = [("", "For ever"), ("6", "6 months"), *((str(months), words) for months, words in _YEARS)]


class KeepingForm(forms.ModelForm):  # type: ignore[type-arg]
    months = forms.TypedChoiceField(
        label="Keep single opens and clicks",
        choices=_CHOICES,
        coerce=int,
        empty_value=None,
        required=False,
        help_text="Whole months are taken off once all of a month is older than that.",
    )
    keeps_tables = forms.BooleanField(
        label="Leave what is taken off in the database, as tables that Tallypost no longer reads",
        required=False,
        help_text="To keep them elsewhere. The database becomes no smaller before somebody removes them.",
    )

    class Meta:
        model = EventKeeping
        fields = ("months", "keeps_tables")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ORGANISATION)
def keeping(request: StaffRequest) -> HttpResponse:
    """Says first what goes, and saves when somebody is sure; nothing is taken off before the next hour."""
    saved = EventKeeping.get()
    form = KeepingForm(request.POST or None, instance=EventKeeping.get())
    going: list[kept.Month] = []
    if form.is_valid():
        months = form.cleaned_data["months"]
        going = kept.older_than(months, timezone.now().date())
        if not going or "sure" in request.POST:
            form.save()
            audit.record(request, "events.keeping", "", months=months, tables=form.cleaned_data["keeps_tables"])
            messages.success(request, "The setting is saved.")
            return redirect("event-keeping")
    months_there = kept.there()
    shown = {
        "form": form,
        "saved": saved,
        "oldest": months_there[0].first if months_there else None,
        "going": going,
        "going_before": going[-1].after if going else None,
    }
    return render(request, "tracking/keeping.html", shown, status=422 if form.is_bound and form.errors else 200)
