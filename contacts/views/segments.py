"""Segments: listed, built with live counts, explained for one person."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models.functions import Lower
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.numbers import whole_number
from accounts.open_points import OpenPoint
from accounts.permissions import Permission, StaffRequest, requires
from contacts import addresses, tasks
from contacts.exporting import csv_response
from contacts.models import Contact, Segment
from contacts.segments import asking, beginning, builder, compiling, counting, growing, measuring, rules, steps, uses
from contacts.segments.compiling import NotComplete
from contacts.segments.known import Known
from contacts.segments.rules import BadRules, Group
from contacts.their_data.collecting import moment

_NAME_CHARS = 120


@require_GET
@requires(Permission.LOOK)
def segments(request: StaffRequest) -> HttpResponseBase:
    """`?as=csv`: the table as a file."""
    about = asking.known()
    rows = [(one, _sentence(one, about)) for one in Segment.objects.all()]
    if request.GET.get("as") == "csv":
        header = ("Name", "Rules", "People", "Reachable", "Counted")
        lines = ((one.name, words, one.people, one.reachable, moment(one.counted_at)) for one, words in rows)
        return csv_response("segments", header, lines)
    return render(request, "contacts/segments/segments.html", {"segments": rows})


@require_GET
@requires(Permission.LOOK)
def segment(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The page asks for the exact numbers once more, where those that it came with are estimates or missing.

    `?as=csv`: how many people were in it, day by day.
    """
    found = get_object_or_404(Segment, pk=pk)
    if request.GET.get("as") == "csv":
        grown = growing.over_time(found, until=timezone.localdate())
        return csv_response("segment-growth", ("Day", "People"), ((one.day, one.people) for one, _ in grown.days))
    if request.htmx and "exact" in request.GET:
        context = _who(found, asking.known(without=found.pk), measuring.PATIENT_MS)
        return render(request, "contacts/segments/_who.html", context)
    return _page(request, found)


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE)
def add(request: StaffRequest) -> HttpResponse:
    return _edit(request, Segment(created_by=request.user))


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE)
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Segment, pk=pk))


@require_POST
@requires(Permission.LOOK)
def preview(request: StaffRequest) -> HttpResponse:
    """Of the form as typed so far: the builder anew when its shape changed, else the numbers alone. Saves nothing."""
    about = asking.known(without=_own(request))
    try:
        group = builder.read(request.POST.dict(), about)
    except BadRules as problem:
        return HttpResponse(str(problem), status=422, content_type="text/plain; charset=utf-8")
    parts = request.POST.get("part", "") or request.GET.get("part", "")
    template = "contacts/segments/_numbers.html" if parts == "numbers" else "contacts/segments/_desk.html"
    patience = measuring.PATIENT_MS if request.GET.get("exact") else measuring.AT_ONCE_MS
    focus = builder.focus(request.POST.get("do", ""), group)
    return render(request, template, {**_asked(group, about, patience), "focus": focus})


@require_POST
@requires(Permission.PEOPLE)
def delete(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Segment, pk=pk)
    holding = [use for use in uses.of(found) if use.holds]
    if holding:
        named = ", ".join(f"the {use.kind} “{use.name}”" for use in holding[:3])
        messages.error(request, f"It is used by {named}. Take it out there first.")
        return redirect(found)
    audit.record(request, "segment.delete", found.name, rules=found.rules)
    found.delete()
    messages.success(request, f"The segment {found.name} is deleted. Its people are still among your contacts.")
    return redirect("segments")


@require_GET
@requires(Permission.LOOK)
def why(request: StaffRequest, pk: int) -> HttpResponse:
    """Row by row, the value that decided about one person."""
    found = get_object_or_404(Segment, pk=pk)
    address = request.GET.get("address", "").replace("\0", "").strip()[:320]
    people = Contact.objects.annotate(key=Lower("email")).filter(key=addresses.key(address))
    person = people.first() if address else None
    asked: dict[str, Any] = {"address": address, "person": person, "asked": bool(address)}
    if person:
        about = asking.known(without=found.pk)
        try:
            group = rules.read(found.rules)
            asked["is_in"], asked["reasons"] = asking.why(group, about, person)
            asked["match_words"] = rules.MATCH_WORDS[group.match]
        except (BadRules, NotComplete) as problem:
            asked["problem"] = str(problem)
        except measuring.TooSlow:
            asked["problem"] = "It takes too long to say. Try again in a while, or take a row out that is slow."
    if request.htmx:
        return render(request, "contacts/segments/_why.html", {"segment": found, **asked})
    return _page(request, found, **asked)


def _page(request: StaffRequest, found: Segment, **more: Any) -> HttpResponse:
    about = asking.known(without=found.pk)
    context = {
        "sentence": _sentence(found, about),
        "uses": uses.of(found),
        "grown": growing.over_time(found, until=timezone.localdate()),
        **_who(found, about, measuring.AT_ONCE_MS),
    }
    return render(request, "contacts/segments/segment.html", context | more)


def _who(found: Segment, about: Known, patience_ms: int) -> dict[str, Any]:
    """How many are in a saved segment, or why it cannot be asked."""
    try:
        return {"segment": found, **_figures(rules.read(found.rules), about, patience_ms)}
    except BadRules as problem:
        return {"segment": found, "problems": [str(problem)]}


def _edit(request: StaffRequest, found: Segment) -> HttpResponse:
    about = asking.known(without=found.pk)
    if request.method != "POST":
        return _begin(request, found, about)
    name = " ".join(request.POST.get("name", "").replace("\0", "").split())[:_NAME_CHARS]
    try:
        group = builder.read(request.POST.dict(), about)
    except BadRules as problem:
        messages.error(request, str(problem))
        return _form_page(request, found, name, _asked(builder.empty(about), about, measuring.AT_ONCE_MS), status=422)
    if do := request.POST.get("do"):  # a button of the builder, pressed without scripts
        asked = _asked(group, about, measuring.AT_ONCE_MS)
        return _form_page(request, found, name, {**asked, "focus": builder.focus(do, group)})
    asked = _asked(group, about, measuring.AT_ONCE_MS)
    asked["root"] = builder.view(group, about, _circles(found, group))
    name_error = _name_error(found, name)
    open_points = builder.open_points(asked["root"])
    if name_error or open_points or asked.get("problems"):
        focus = open_points[0].place if open_points and not name_error else ""
        named = [OpenPoint("name", "Name", name_error)] if name_error else []
        more = {"name_error": name_error, "open_points": [*named, *open_points], "focus": focus}
        return _form_page(request, found, name, asked | more, status=422)
    found.name, found.rules = name, rules.write(group)
    found.people = found.reachable = found.counted_at = None
    is_new = found.pk is None
    found.save()
    audit.record(request, "segment.add" if is_new else "segment.change", found.name, rules=found.rules)
    if asked.get("exact_follows"):
        transaction.on_commit(tasks.count_segments.delay, robust=True)
    else:
        counting.keep(found, asked["measured"])
    transaction.on_commit(tasks.index_fields.delay, robust=True)
    messages.success(request, "Saved.")
    return redirect(found)


def _begin(request: StaffRequest, found: Segment, about: Known) -> HttpResponse:
    """A new one may come with its first rules from where somebody looked at people: see beginning.address."""
    name = " ".join(request.GET.get("name", "").replace("\0", "").split())[:_NAME_CHARS] or found.name
    try:
        group = rules.read(found.rules) if found.pk else beginning.begun(request.GET.get("rules", ""), about)
    except BadRules as problem:
        messages.error(request, str(problem))
        group = builder.empty(about)
    return _form_page(request, found, name, _asked(group, about, measuring.AT_ONCE_MS))


def _name_error(found: Segment, name: str) -> str:
    if not name:
        return "Give it a name, such as “Readers in Hamburg”."
    is_taken = Segment.objects.filter(name__iexact=name).exclude(pk=found.pk or 0).exists()
    return "There is a segment of that name already." if is_taken else ""


def _circles(found: Segment, group: Group) -> set[str]:
    """Segments in these rows that lead back to the one that is built."""
    named = uses.named_in(Segment(rules=rules.write(group)))
    if not found.pk or not uses.leads_to(named, found.pk):
        return set()
    return {str(key) for key in named if uses.leads_to({key}, found.pk)}


def _form_page(
    request: StaffRequest, found: Segment, name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    return render(request, "contacts/segments/edit.html", {"segment": found, "name": name, **context}, status=status)


def _asked(group: Group, about: Known, patience_ms: int) -> dict[str, Any]:
    """What the builder and its numbers show."""
    context = _figures(group, about, patience_ms)
    if "measured" in context:
        context["sample"] = asking.sample(group, about, patience_ms=patience_ms // 2)
    sentence = compiling.sentence(group, about)
    if context.get("problems") and sentence == compiling.WHOLE_AUDIENCE:  # nothing is said yet, which is not everybody
        sentence = ""
    return context | {"root": builder.view(group, about), "sentence": sentence}


def _figures(group: Group, about: Known, patience_ms: int) -> dict[str, Any]:
    """How many, as far as that is found within `patience_ms`; whoever was not patient may ask again for the rest."""
    problems = list(compiling.problems(group, about))
    if problems:
        return {"problems": problems}
    may_ask_again = patience_ms < measuring.PATIENT_MS
    try:
        measured = measuring.measure(group, about, patience_ms=patience_ms)
    except measuring.TooSlow:
        return {"is_too_slow": True, "exact_follows": may_ask_again}
    except NotComplete as problem:
        return {"problems": [str(problem)]}
    try:  # who asks again gets it exactly; before that the number itself has the time
        patience_ms = patience_ms // 3 if may_ask_again else patience_ms
        inner, inner_is_exact = measuring.within_groups(group, about, patience_ms=patience_ms)
    except measuring.TooSlow:
        inner, inner_is_exact = {}, False
    numbers = {(): [measured.everybody, *measured.after], **inner}
    words = partial(compiling.part_words, known=about)
    is_exact = measured.is_exact and measured.steps_are_exact and inner_is_exact
    return {
        "measured": measured,
        "how_missing_counts": compiling.how_missing_counts(group, about),
        "steps": steps.tree(group, words, numbers, measured.everybody),
        "inner_is_exact": inner_is_exact,
        "has_inner": bool(inner),
        "is_sum": group.match == rules.Match.ANY,
        "exact_follows": may_ask_again and not is_exact,
    }


def _sentence(found: Segment, about: Known) -> str:
    try:
        return compiling.sentence(rules.read(found.rules), about)
    except BadRules as problem:
        return str(problem)


def _own(request: StaffRequest) -> int | None:
    return whole_number(request.POST.get("segment"))
