"""Seed lists: the sets of addresses that a test mail goes to together."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.permissions import Permission, StaffRequest, requires
from campaigns.drafts.forms import SeedListForm
from campaigns.models import SeedList
from campaigns.test_mails import consent


@require_safe
@requires(Permission.WRITE)
def seed_lists(request: StaffRequest) -> HttpResponse:
    found = list(SeedList.objects.all())
    given = {one.address for one in _consents(*found) if one.is_given}
    rows = [(one, sum(address not in given for address in one.addresses)) for one in found]
    has_room = len(found) < SeedList.MOST
    return render(request, "campaigns/seeds/seed_lists.html", {"rows": rows, "has_room": has_room})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.WRITE)
def new_seed_list(request: StaffRequest) -> HttpResponse:
    if SeedList.objects.count() >= SeedList.MOST:
        messages.warning(request, f"There are {SeedList.MOST} seed lists, and there is no room for more. Delete one.")
        return redirect("seed-lists")
    return _edited(request, SeedList())


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.WRITE)
def seed_list(request: StaffRequest, pk: int) -> HttpResponse:
    return _edited(request, get_object_or_404(SeedList, pk=pk))


@require_POST
@requires(Permission.WRITE)
def delete_seed_list(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(SeedList, pk=pk)
    audit.record(request, "seed_list.deleted", found.name, seed_list=found.pk)
    found.delete()
    messages.success(request, f"“{found}” is deleted.")
    return redirect("seed-lists")


def _edited(request: StaffRequest, found: SeedList) -> HttpResponse:
    name, consents = found.name, _consents(found) if found.pk else []
    form = SeedListForm(request.POST or None, instance=found, label_suffix="")
    if form.is_valid():
        is_new = found.pk is None
        saved = form.save()
        audit.record(request, "seed_list.created" if is_new else "seed_list.changed", saved.name, seed_list=saved.pk)
        messages.success(request, f"“{saved}” is saved. It can be chosen where a test mail is sent.")
        return redirect("seed-list", saved.pk)
    context = {"form": form, "found": found, "name": name, "consents": consents}
    return render(request, "campaigns/seeds/seed_list.html", context, status=422 if form.is_bound else 200)


def _consents(*found: SeedList) -> list[consent.Consent]:
    return consent.consents([address for one in found for address in one.addresses])
