"""The form as visitors will see it, while staff still write it. Saves nothing."""

from typing import Any

from django.http import HttpResponse
from django.utils import translation
from django.views.decorators.http import require_POST

from accounts.models import Organisation
from accounts.permissions import Permission, StaffRequest, requires
from contacts.models import SignupForm
from contacts.signup import colouring, wording
from contacts.signup.editing import COLOURS, SettingsForm
from contacts.signup.visitor import VisitorForm
from tracking.recipients.showing import for_recipients, rendered, spoken


@require_POST
@requires(Permission.PEOPLE)
def preview(request: StaffRequest) -> HttpResponse:
    return _shown(request)


@for_recipients
def _shown(request: StaffRequest) -> HttpResponse:
    """Whatever is wrong in the settings so far is left out, but colours that cannot be read are shown, and why."""
    typed = SettingsForm(request.POST, instance=SignupForm())
    typed.is_valid()
    found = typed.instance
    lists = list(typed.cleaned_data.get("lists") or [])
    organisation = Organisation.get()
    with translation.override(spoken(request, found.language)):
        words = wording.of(found, organisation)
        context = {"form": found, "filled": VisitorForm(found, lists), "words": words, "way": "page"}
        context |= _colours(typed)
        return rendered(request, "public/signup/form.html", context, organisation)


def _colours(typed: SettingsForm) -> dict[str, Any]:
    given = [str(typed.data.get(name, "")).lower() for name in COLOURS]
    if not typed.cleaned_data.get("has_colours") or typed.errors.keys() & {"background_colour", "button_colour"}:
        return {}
    wrong = typed.errors.get("text_colour")
    return {"look": colouring.of(*given), "problem": "", "unreadable": wrong[0] if wrong else ""}
