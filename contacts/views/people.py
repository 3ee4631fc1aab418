"""Contacts: the table."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.permissions import Permission, StaffRequest, requires
from contacts.filtering import Filter
from contacts.models import MailingList
from contacts.paging import count_in_words, latest_first


@require_GET
@requires(Permission.LOOK)
def contacts(request: StaffRequest) -> HttpResponse:
    chosen = Filter.of(request.GET)
    found = chosen.apply()
    page = latest_first(found.with_suppression().prefetch_related("subscriptions"), request)
    return render(
        request,
        "contacts/contacts.html",
        {
            "page": page,
            "filter": chosen,
            "counted": count_in_words(found, "person", "people"),
            "none_at_all": chosen.is_empty and not page.rows,
            "chosen_list": MailingList.objects.filter(pk=chosen.list_id or 0).first(),
        },
    )
