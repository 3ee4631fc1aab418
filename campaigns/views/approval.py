"""Asking a colleague whether a campaign may go, and their answer."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Organisation, Role, User
from accounts.people import mailing
from accounts.permissions import Permission, StaffRequest, allows, requires
from accounts.wording import count_people
from campaigns.approval import deciding, releasing, standing
from campaigns.approval.deciding import NotPossible
from campaigns.approval.releasing import Held
from campaigns.attachments.models import Attachment
from campaigns.comments import conversations
from campaigns.models import Campaign
from campaigns.views.pages import Readiness, get_whole
from campaigns.views.showing import Showing

_words = forms.Textarea(attrs={"rows": 3})


class AskForm(forms.Form):
    """Whom, and what they should look at."""

    of = forms.ModelChoiceField(User.objects.none(), label="Whom to ask", empty_label=None)
    note = forms.CharField(label="Note", max_length=1_000, required=False, widget=_words)

    def __init__(self, data: Any = None, *, colleagues: QuerySet[User]) -> None:
        super().__init__(data, label_suffix="")
        field = self.fields["of"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # it is declared above
        field.queryset = colleagues


class AnswerForm(forms.Form):
    answer = forms.CharField(label="What you say to it", max_length=1_000, required=False, widget=_words)


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Why it goes without approval", max_length=1_000, widget=_words)


@require_safe
@requires(Permission.LOOK)
def approval(request: StaffRequest, pk: int) -> HttpResponse:
    """The mail as it stands, who was asked about it, and what they said."""
    return _page(request, get_whole(pk))


@require_POST
@requires(Permission.WRITE)
def ask(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_whole(pk)
    form = AskForm(request.POST, colleagues=standing.colleagues(request.user, request.organisation))
    if not form.is_valid():
        return _page(request, found, ask_form=form)
    of: User = form.cleaned_data["of"]
    try:
        deciding.ask(found, of, form.cleaned_data["note"], by=request.user, organisation=request.organisation)
    except NotPossible as problem:
        return _page(request, found, problem=str(problem))
    told = f"{of} is mailed and finds it on Home." if mailing.can_mail() else f"{of} finds it on Home."
    messages.success(request, "Asked. Read it and decide." if of == request.user else f"Asked. {told}")
    return redirect("campaign-approval", pk)


@require_POST
@requires(Permission.WRITE)
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    if deciding.withdraw(get_whole(pk), by=request.user):
        messages.success(request, "Taken back: nobody is asked any more.")
    return redirect("campaign-approval", pk)


@require_POST
@requires(Permission.SEND)
def decide(request: StaffRequest, pk: int) -> HttpResponse:
    found, is_approved = get_whole(pk), request.POST.get("decision") == "approve"
    form = AnswerForm(request.POST, label_suffix="")
    if form.is_valid() and not is_approved and not form.cleaned_data["answer"]:
        form.add_error("answer", "Say what has to change.")
    if not form.is_valid():
        return _page(request, found, answer_form=form)
    try:
        held = deciding.decide(
            found,
            approve=is_approved,
            answer=form.cleaned_data["answer"],
            seen=request.POST.get("seen", ""),
            by=request.user,
            organisation=request.organisation,
        )
    except NotPossible as problem:
        return _page(request, get_whole(pk), answer_form=form, problem=str(problem))
    return _done(request, found, "Approved." if is_approved else "Sent back.", held)


@require_POST
@requires(Permission.SEND)
def override(request: StaffRequest, pk: int) -> HttpResponse:
    if request.user.role != Role.OWNER:
        raise PermissionDenied
    found, form = get_whole(pk), ReasonForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _page(request, found, reason_form=form)
    try:
        held = deciding.override(found, form.cleaned_data["reason"], seen=request.POST.get("seen", ""), by=request.user)
    except NotPossible as problem:
        return _page(request, get_whole(pk), reason_form=form, problem=str(problem))
    return _done(request, found, "It can go without approval. Your reason is kept.", held)


def ask_form(request: StaffRequest) -> AskForm | None:
    """None: there is nobody to ask."""
    colleagues = standing.colleagues(request.user, request.organisation)
    return AskForm(colleagues=colleagues) if colleagues.exists() else None


def _done(request: StaffRequest, found: Campaign, words: str, held: Held | None) -> HttpResponse:
    """Where the answer set something going, back to the campaign: there it can still be taken back."""
    if held and held.at is None:
        words += f" It starts in {held.hold_seconds} seconds; until then it can be taken back."
    elif held:
        words += " It starts as planned."
    messages.success(request, words)
    return redirect(found) if held else redirect("campaign-approval", found.pk)


def _why_not(organisation: Organisation) -> str:
    """Why a campaign that needs no approval needs none."""
    cure = "An admin can change that under Settings, Organisation."
    if standing.is_asked_for(organisation):
        return (
            f"Approval is needed above {count_people(organisation.approval_above)} only, so this can go without. {cure}"
        )
    return f"No approval is needed here: whoever may send can send. {cure}"


def _page(request: StaffRequest, found: Campaign, **changed: Any) -> HttpResponse:
    ready = Readiness(found)
    now = ready.approval or standing.of(found)  # what was said stays to be read where none is needed any more
    now = now.told_to(request.user)
    asked = now.newest if now.is_asked else None
    held = Held.of(found)
    context: dict[str, Any] = {
        "campaign": found,
        "ready": ready,
        "is_needed": ready.approval is not None,
        "why_not": _why_not(request.organisation),
        "standing": now,
        "history": found.approvals.select_related("asked_by", "asked_of", "decided_by", "version"),
        "showing": Showing.read(request, found),
        "held": held,
        "findings": (held.edition.preflight or []) if held else ready.findings,
        "seen": releasing.seal(found),
        "other_rules": standing.other_rules(found),
        "obstacle": standing.obstacle(asked, request.user, request.organisation) if asked else "",
        "ask_form": ask_form(request) if allows(request.user, Permission.WRITE) else None,
        "answer_form": AnswerForm(label_suffix=""),
        "reason_form": ReasonForm(label_suffix="") if request.user.role == Role.OWNER else None,
        "files": Attachment.objects.filter(campaign=found),
        "comment_count": conversations.open_count(found),
        "may_write": allows(request.user, Permission.WRITE),
        "check_url": reverse("campaign-check", args=[found.pk]) if found.is_draft and not found.is_template else "",
    }
    return render(request, "campaigns/approval/approval.html", context | changed, status=422 if changed else 200)
