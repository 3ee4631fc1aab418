"""The proof sheet: made, read, searched for one person, taken along, and checked."""

import json
from functools import partial
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http.uploads import takes_uploads
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, allows, requires
from campaigns.models import Campaign, ProofSheet
from campaigns.proof import making, person, signing, tables
from campaigns.proof.signing import Verdict
from campaigns.tasks import make_proof
from campaigns.views.pages import get_campaign
from contacts.exporting import csv_response
from delivery import ledger

_MOST_BYTES = 512 * 1024


@require_safe
@requires(Permission.LOOK)
def proof(request: StaffRequest, pk: int) -> HttpResponse:
    """The latest sheet, or the one that is asked for."""
    found = get_campaign(pk)
    sheet = _sheet(request, found)
    if request.GET.get("as") == "csv":
        return _table(request, found, sheet)
    context: dict[str, Any] = {"campaign": found, "sheet": sheet}
    if sheet and not sheet.finished_at and found.batch:
        context["done"], context["total"] = making.share_counted(sheet, found.batch)
    elif sheet:
        context |= _signed(sheet) | _person(request, found, sheet)
    template = "campaigns/reporting/_proof.html" if request.htmx else "campaigns/reporting/proof.html"
    return render(request, template, context)


@require_POST
@requires(Permission.EXPORT)
def make(request: StaffRequest, pk: int) -> HttpResponse:
    """A new sheet, as of now; counted in the background."""
    try:
        sheet = making.begin(get_campaign(pk), by=request.user)
    except ledger.NotPossible as reason:
        messages.warning(request, str(reason))
    else:
        transaction.on_commit(partial(make_proof.delay, sheet_id=sheet.pk), robust=True)
    return redirect("campaign-proof", pk)


@require_safe
@requires(Permission.EXPORT)
def proof_file(request: StaffRequest, pk: int) -> HttpResponse:
    """The sheet, or one person's, as a file that can be checked later."""
    found = get_campaign(pk)
    sheet = _sheet(request, found)
    if sheet is None or not sheet.finished_at:
        raise Http404("There is no proof sheet yet.")
    sealed, name = signing.sealed(sheet.document, sheet.digest, sheet.signature), f"proof-{found.pk}"
    if "address" in request.GET:
        one = _person(request, found, sheet)
        if "person" not in one:
            raise Http404("Nobody with this address is in this campaign.")
        sealed = signing.sealed(one["person"], one["person_digest"], one["person_signature"])
        name = f"{name}-{sealed['document']['message']['id']}"
    response = HttpResponse(json.dumps(sealed, ensure_ascii=False, indent=1), content_type="application/json")
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.json") or "attachment"
    return response


@takes_uploads(_MOST_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.LOOK)
def check_proof(request: StaffRequest) -> HttpResponse:
    """Whether a file that somebody brings is what was made here. Nothing of it is kept."""
    if request.method != "POST":
        return render(request, "campaigns/reporting/check_proof.html", {})
    given = request.FILES.get("file")
    text = given.read(_MOST_BYTES + 1).decode("utf-8", "replace") if given else ""
    verdict = signing.verify_text(text) if len(text) <= _MOST_BYTES else Verdict.UNREADABLE
    context = {"verdict": verdict, "document": json.loads(text)["document"] if verdict == Verdict.GENUINE else None}
    return render(request, "campaigns/reporting/check_proof.html", context, status=200 if text else 422)


def _sheet(request: StaffRequest, found: Campaign) -> ProofSheet | None:
    known = found.proof_sheets.select_related("campaign__batch", "created_by")
    if number := whole_number(request.GET.get("sheet")):
        return get_object_or_404(known, pk=number)
    return known.first()


def _signed(sheet: ProofSheet) -> dict[str, Any]:
    """Checked again whenever it is looked at: what the database holds may have been changed, too."""
    return {
        "document": sheet.document,
        "verdict": signing.verify(signing.sealed(sheet.document, sheet.digest, sheet.signature)),
        "tally": tables.tally(sheet.document),
        "consent": tables.consent(sheet.document),
        "csv_url": f"?{urlencode({'sheet': sheet.pk, 'as': 'csv', 'table': ''})}",
    }


def _table(request: StaffRequest, found: Campaign, sheet: ProofSheet | None) -> HttpResponse:
    """Counts, for whoever may look; what one person agreed to, for those who may take people along."""
    if sheet is None or not sheet.finished_at:
        raise Http404("There is no proof sheet yet.")
    name, document = request.GET.get("table", ""), sheet.document
    known = tables.TABLES.get(name)
    if name in tables.OF_PERSON and allows(request.user, Permission.EXPORT):
        known, document = tables.OF_PERSON[name], _person(request, found, sheet).get("person", {})
    if known is None or not document:
        raise Http404("There is no such table.")
    header, rows = known
    return cast("HttpResponse", csv_response(f"proof-{found.pk}-{name}", header, rows(document)))


def _person(request: StaffRequest, found: Campaign, sheet: ProofSheet) -> dict[str, Any]:
    address = request.GET.get("address", "").replace("\0", "").strip()[:320]
    if not address or found.batch is None:
        return {}
    message = person.find(found.batch, address)
    if message is None:
        return {"address": address}
    document = person.of_message(sheet, message)
    digest, signature = signing.sign(document)
    return {"address": address, "person": document, "person_digest": digest, "person_signature": signature}
