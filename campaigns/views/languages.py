"""Languages of a draft: one more, one fewer, and which one its own words are in."""

from typing import Any, Protocol

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.permissions import Permission, StaffRequest, requires
from accounts.shell.whole_pages import instead
from campaigns.models import Campaign
from campaigns.multilingual import changing, shares
from campaigns.multilingual.forms import AddLanguageForm, OwnLanguageForm
from campaigns.sending.launching import NotADraft
from campaigns.views.drafts import frozen
from campaigns.views.pages import get_campaign, get_whole
from contacts.guessing import languages

LanguageForm = AddLanguageForm | OwnLanguageForm


class Act(Protocol):
    def __call__(self, campaign: Campaign, language: str, *, by: User) -> Campaign: ...


def switch(found: Campaign) -> dict[str, Any]:
    """What `campaigns/_languages.html` shows: the languages to go to, and which may be added."""
    whole = found.translation_of or found
    return {
        "languages": shares.of(found),
        "language_forms": {} if whole.revision_of_id else _forms(whole),
        "whole": whole,
    }


@require_POST
@requires(Permission.WRITE)
def add(request: StaffRequest, pk: int) -> HttpResponse:
    whole = get_whole(pk)
    return _choose(request, whole, AddLanguageForm(whole, request.POST), changing.add, "campaign-content", "add")


@require_POST
@requires(Permission.WRITE)
def write_in(request: StaffRequest, pk: int) -> HttpResponse:
    whole = get_whole(pk)
    return _choose(request, whole, OwnLanguageForm(whole, request.POST), changing.write_in, "campaign", "own")


@require_POST
@requires(Permission.WRITE)
def remove(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_campaign(pk)
    name = languages.name_of(found.language)
    try:
        whole = changing.remove(found, by=request.user)
    except NotADraft:
        return frozen(request, pk)
    except changing.NotPossible as problem:
        messages.error(request, str(problem))
        return redirect(found)
    messages.success(request, f"{name} is removed. Who reads it gets the default language.")
    return redirect("campaign", whole.pk)


def _choose(request: StaffRequest, whole: Campaign, form: LanguageForm, act: Act, page: str, name: str) -> HttpResponse:
    """The dialog stays open with what is to be mended. `name`: of the form, and of its template."""
    try:
        if form.is_valid():
            made = act(whole, form.cleaned_data["language"], by=request.user)
            return _onward(request, redirect(page, made.pk))
    except NotADraft:
        return _onward(request, frozen(request, whole.pk))
    except changing.NotPossible as problem:
        form.add_error("language", str(problem))
    if request.htmx:
        form.fields["language"].widget.attrs["autofocus"] = True
        context = {"whole": whole, "form": form}
        return render(request, f"campaigns/_language_{name}.html", context, status=422)
    messages.error(request, " ".join(map(str, form.errors["language"])))
    return redirect(whole)


def _onward(request: StaffRequest, answer: HttpResponse) -> HttpResponse:
    return instead(answer["Location"]) if request.htmx else answer


def _forms(whole: Campaign) -> dict[str, LanguageForm]:
    return {"add": AddLanguageForm(whole), "own": OwnLanguageForm(whole)}
