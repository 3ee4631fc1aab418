"""One value of a person, changed where it is read; without scripts on a page of its own."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission, StaffRequest, requires
from contacts.forms import ValueForm
from contacts.models import Contact
from contacts.profile import shown


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE)
def value(request: StaffRequest, pk: int, name: str) -> HttpResponse:
    person = get_object_or_404(Contact, pk=pk)
    if name not in {each.name for each in shown.values(person)}:
        raise Http404(name)
    if request.htmx and "shown" in request.GET:
        return _row(request, person, name)
    form = ValueForm(request.POST or None, contact=person, name=name)
    if form.is_valid():
        saved = form.save(by=request.user)
        return _row(request, saved, name) if request.htmx else redirect(saved)
    template = "contacts/person/_value_form.html" if request.htmx else "contacts/person/value.html"
    context = {
        "form": form,
        "field": form[name],
        "said": "tracking_said" in form.fields,
        "contact": person,
        "name": name,
    }
    return render(request, template, context, status=422 if form.is_bound else 200)


def _row(request: StaffRequest, person: Contact, name: str) -> HttpResponse:
    found = next(each for each in shown.values(person) if each.name == name)
    context = {"contact": person, "value": found, "is_focused": True, "can_edit": True}
    return render(request, "contacts/person/_value.html", context)
