"""A person's data for that person: to read and print, and as a file."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.login.confirming import lately_confirmed
from accounts.permissions import Permission, StaffRequest, requires
from contacts.models import Contact
from contacts.their_data import collecting


@require_POST
@requires(Permission.EXPORT)
@lately_confirmed
def their_data(request: StaffRequest, pk: int) -> HttpResponse:
    """As a page, or with `as=json` as a file."""
    person = get_object_or_404(Contact, pk=pk)
    sections = collecting.of(person)
    as_file = request.POST.get("as") == "json"
    audit.record(request, "contact.data", person.email, form="json" if as_file else "page")
    if not as_file:
        return render(request, "contacts/their_data/page.html", {"contact": person, "sections": sections})
    answer = JsonResponse(collecting.as_json(person, sections), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="data-of-contact-{person.pk}.json"'
    return answer
