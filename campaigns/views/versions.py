"""Versions of a draft: listed with what changed, named, two beside each other, and brought back."""

import copy
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import wording
from accounts.fields import LineField
from accounts.http.security import mail_policy
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from campaigns.content.blocks import Invalid
from campaigns.drafts import versions
from campaigns.drafts.versions import TooMany
from campaigns.drafts.words import Words, are_same, put, words_of
from campaigns.editor import differences, restoring
from campaigns.message import preview
from campaigns.models import Campaign, DraftVersion
from campaigns.sending.launching import NotADraft
from campaigns.views.drafts import frozen
from campaigns.views.pages import get_campaign
from contacts.paging import latest_first
from delivery.color_scheme import shown_in

_ON_A_PAGE = 20
_EMPTY = (
    "As soon as somebody changes the mail, what it said before is kept here: when, by whom, and what changed. "
    "Any version can be compared and brought back."
)
NOW = 0  # in addresses: the draft as it stands, whether or not there is a version of it


class NameForm(forms.Form):
    name = LineField(
        label="Name", max_length=120, help_text="Such as “Before Ana’s edits”. A version with a name stays."
    )


@dataclass(frozen=True, slots=True)
class Row:
    """`changed`: since the version below it, in words. `is_now`: it is the draft as it stands."""

    version: DraftVersion
    changed: str
    is_now: bool


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.WRITE)
def listed(request: StaffRequest, pk: int) -> HttpResponse:
    """All of them, newest first, after the launch too; a POST keeps the draft as it stands under a name."""
    campaign = get_campaign(pk)
    if not campaign.is_draft and request.method == "POST":
        return frozen(request, pk)
    form = NameForm(request.POST or None, label_suffix="")
    form.fields["name"].label = "Name the draft as it stands"
    if form.is_valid():
        try:
            versions.keep(pk, form.cleaned_data["name"])
        except TooMany as problem:
            form.add_error("name", str(problem))
        else:
            messages.success(request, f"Kept as “{form.cleaned_data['name']}”.")
            return redirect("versions", pk)
    page = latest_first(campaign.versions.select_related("by", "restores"), request, _ON_A_PAGE)
    context = {
        "campaign": campaign,
        "form": form,
        "page": page,
        "rows": _rows(campaign, page.rows),
        "explained": _EMPTY,
    }
    return render(request, "campaigns/versions/versions.html", context, status=422 if form.is_bound else 200)


@require_safe
@requires(Permission.WRITE)
def compared(request: StaffRequest, pk: int) -> HttpResponse:
    """`?old=` and `?new=`: two versions beside each other, and what is different; unsaid: the draft as it stands."""
    campaign = get_campaign(pk)
    names = _names(campaign)
    old, new = (whole_number(request.GET.get(side)) or NOW for side in ("old", "new"))
    found = differences.between(_words(campaign, old), _words(campaign, new))
    context = {
        "campaign": campaign,
        "sides": [("old", old, names.get(old, "")), ("new", new, names.get(new, ""))],
        "choices": names.items(),
        "differences": found,
        "in_short": differences.in_short(found),
    }
    return render(request, "campaigns/versions/compared.html", context)


@require_safe
@requires(Permission.WRITE)
@mail_policy
def mail(request: StaffRequest, pk: int, version: int) -> HttpResponse:
    """As somebody would get it of whom only the address is known, so that two versions differ in their words alone."""
    shown = copy.copy(get_campaign(pk))
    put(shown, _words(shown, version))
    return HttpResponse(shown_in(preview.preview(shown, None).html, dark=False))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.WRITE)
def named(request: StaffRequest, pk: int, version: int) -> HttpResponse:
    """Another name, or none any more."""
    found = get_object_or_404(DraftVersion.objects.select_related("campaign"), pk=version, campaign=pk)
    if not found.campaign.is_draft:
        return frozen(request, pk)
    form = NameForm(request.POST or None, initial={"name": found.name}, label_suffix="")
    form.fields["name"].required = not found.name
    if form.is_valid():
        try:
            versions.rename(found, form.cleaned_data["name"])
        except TooMany as problem:
            form.add_error("name", str(problem))
        else:
            return redirect("versions", pk)
    context = {"campaign": found.campaign, "version": found, "form": form}
    return render(request, "campaigns/versions/named.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(Permission.WRITE)
def restored(request: StaffRequest, pk: int, version: int) -> HttpResponse:
    found = get_object_or_404(DraftVersion, pk=version, campaign=pk)
    try:
        is_changed = restoring.restore(found, by=request.user)
    except NotADraft:
        return frozen(request, pk)
    except Invalid as problem:
        messages.error(request, f"Not restored: this version is not a mail any more. {problem}")
        return redirect("versions", pk)
    if is_changed:
        messages.success(
            request, "Restored. What stood here before is the version below it: restore that to take this back."
        )
    else:
        messages.info(request, "Nothing to restore: the draft says just that.")
    return redirect("versions", pk)


def _rows(campaign: Campaign, shown: list[DraftVersion]) -> list[Row]:
    """With what changed, which is asked of one version more than is shown."""
    if not shown:
        return []
    now = words_of(campaign)
    before = campaign.versions.filter(pk__lt=shown[-1].pk).first()
    newest = campaign.versions.values_list("pk", flat=True).first()
    rows = []
    for version, previous in zip(shown, [*shown[1:], before], strict=True):
        words = now if version.words is None else version.words
        changed = _changed(previous.words, words) if previous and previous.words else ""
        rows.append(Row(version, changed, version.pk == newest and are_same(words, now)))
    return rows


def _changed(old: Words, new: Words) -> str:
    return differences.in_short(differences.between(old, new)) or "Nothing changed"


def _words(campaign: Campaign, version: int) -> Words:
    if version == NOW:
        return words_of(campaign)
    words: Words | None = get_object_or_404(campaign.versions.all(), pk=version).words
    return words_of(campaign) if words is None else words


def _names(campaign: Campaign) -> dict[int, str]:
    """What each is called where one is chosen, newest first."""
    now = timezone.localtime()
    found = {NOW: "As it is now"}
    for version in campaign.versions.select_related("by").defer("words"):
        at = wording.moment(timezone.localtime(version.at), now)
        found[version.pk] = ", ".join(filter(None, (version.name, at, str(version.by or ""))))
    return found
