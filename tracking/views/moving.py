"""What the links in mails about a change of address lead to. GET changes nothing: programs follow links too."""

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import Organisation
from contacts.preferences import moving
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
    try:
        change = moving.made(secret) if is_back else moving.asked(secret)
    except moving.Gone:
        own, status = "", 404
    else:
        own, context["change"] = change.contact.language, change
    with translation.override(spoken(request, own)):
        if request.method == "POST" and status == 200:
            try:
                done = moving.undo(secret) if is_back else wording.confirm(secret, organisation)
                context["now"] = done.old_email if is_back else done.new_email
            except moving.Gone:
                context, status = {"is_back": is_back}, 404
            except moving.Taken as problem:
                context["taken"], status = problem.email, 409
        return rendered(request, "public/address.html", context, organisation, status=status)
