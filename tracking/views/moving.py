"""What the links in mails about a change of address lead to. GET changes nothing: programs follow links too."""

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import Organisation
from contacts.preferences import moving
from contacts.preferences.models import AddressChange
from tracking.recipients import moving as wording
from tracking.recipients.showing import for_recipients, rendered, spoken


@csrf_exempt
@for_recipients
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, secret: str) -> HttpResponse:
    return _page(request, secret, is_back=False)


@csrf_exempt
@for_recipients
@require_http_methods(["GET", "HEAD", "POST"])
def back(request: HttpRequest, secret: str) -> HttpResponse:
    return _page(request, secret, is_back=True)


def _page(request: HttpRequest, secret: str, *, is_back: bool) -> HttpResponse:
    organisation = Organisation.get()
    context: dict[str, object] = {"is_back": is_back}
    status = 200
    wanted = _wanted(secret, is_back=is_back)
    done = None if wanted else moving.brought_about(secret, is_back=is_back)
    person = wanted or done
    with translation.override(spoken(request, person.contact.language if person else "")):
        if request.method == "POST" and wanted:
            try:
                done = moving.undo(secret) if is_back else wording.confirm(secret, organisation)
            except moving.Gone:  # pressed twice: the other press was faster
                wanted, done = None, moving.brought_about(secret, is_back=is_back)
            except moving.Taken as problem:
                context["taken"], status = problem.email, 409
        if done:
            context["now"] = done.old_email if is_back else done.new_email
        elif wanted:
            context["change"] = wanted
        else:
            status = 404
        return rendered(request, "public/address.html", context, organisation, status=status)


def _wanted(secret: str, *, is_back: bool) -> AddressChange | None:
    """What the link can still bring about."""
    try:
        return moving.made(secret) if is_back else moving.asked(secret)
    except moving.Gone:
        return None
