import uuid
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import AuditEntry, Role
from contacts import consent
from contacts.bulk import changes as bulk_changes
from contacts.bulk.actions import EVERY
from contacts.bulk.models import BulkChange
from contacts.bulk.selection import Selection
from contacts.downloads import writing
from contacts.erasing import beginning
from contacts.importing.plan import Plan
from contacts.importing.running import jobs, working
from contacts.importing.undoing import carrying_through, wishes
from contacts.merging import joining
from contacts.models import (
    ChosenColumns,
    Contact,
    Erasure,
    ExportJob,
    Field,
    ImportJob,
    ImportUndo,
    ListBasis,
    ListSuppression,
    MailingList,
    Merge,
    Note,
    Segment,
    SegmentDay,
    Suppression,
)
from contacts.segments.rules import Group, Match, Rule, write
from contacts.suppression import holding, of_lists
from tests.web import stage
from tests.web.address import STAFF, WRITERS, Address, beside
from tests.web.cast import Cast

FILE = "Email,First name,City\nina@example.com,Ina,Ulm\nnobody,No,One\n"


def newsletter(cast: Cast) -> MailingList:
    made: MailingList = cast.once("list", lambda: MailingList.objects.create(name=stage.ARABIC_NAME))
    return made


def person(cast: Cast) -> Contact:
    def make() -> Contact:
        field(cast)
        contact = Contact.objects.create(
            email="ada@example.com",
            first_name=stage.POLISH_NAME,
            last_name=stage.LONG_NAME,
            attributes={"city": "Köln", "tags": [stage.POLISH_NAME, stage.ARABIC_NAME, stage.LONG_NAME]},
        )
        consent.subscribe(contact, lists=[newsletter(cast).pk], channel="hand", by=cast.owner, text="Asked me")
        MailingList.objects.create(name="Events")
        return contact

    made: Contact = cast.once("contact", make)
    return made


def twin(cast: Cast) -> Contact:
    """Of `person`, with whom it shares the name."""

    def make() -> Contact:
        known = person(cast)
        return Contact.objects.create(
            email=f"{stage.LONG_NAME.lower().replace(' ', '-')[:60]}@example.org",
            first_name=known.first_name,
            last_name=known.last_name,
            attributes={"city": stage.ARABIC_NAME},
            language="de",
        )

    made: Contact = cast.once("twin", make)
    return made


def pair(cast: Cast) -> dict[str, Any]:
    return {"pk": person(cast).pk, "other_id": twin(cast).pk}


def beside_twin(cast: Cast) -> dict[str, Any]:
    return {"pk": pair(cast)["pk"]}


def of_the_twin(cast: Cast) -> dict[str, int]:
    return dict.fromkeys(("field_city", "language"), twin(cast).pk)


def merge(cast: Cast) -> Merge:
    """`person` with a third one."""

    def make() -> Merge:
        third = Contact.objects.create(email="ada.third@example.org", attributes={"city": "Bonn"})
        return joining.merge(person(cast).pk, third.pk, values={}, by=cast.owner, request=cast.owner)

    made: Merge = cast.once("merge", make)
    return made


def merged_now(cast: Cast) -> object:
    return list(Contact.objects.order_by("pk").values_list("email", flat=True))


def field(cast: Cast) -> Field:
    made: Field = cast.once("field", lambda: Field.objects.create(key="city", label="City"))
    return made


def segment(cast: Cast) -> Segment:
    def make() -> Segment:
        field(cast)
        rows = (
            Rule("profile", {"field": "field:city", "how": "is", "value": "Köln"}),
            Group(Match.ALL, (Rule("tag", {"how": "has", "tag": "vip"}), Rule("clicked", {"how": "ever"}))),
        )
        made = Segment.objects.create(name=stage.LONG_NAME[:110], rules=write(Group(Match.ANY, rows)))
        for ago, people in enumerate((3_000, 3, 0, 12)):
            SegmentDay.objects.create(segment=made, day=timezone.localdate() - timedelta(days=ago), people=people)
        return made

    made: Segment = cast.once("segment", make)
    return made


A_ROW = {"r-match": "all", "r-0-is": "tag", "r-0-how": "has", "r-0-tag": "vip"}


def suppression(cast: Cast) -> Suppression:
    def make() -> Suppression:
        consent.suppress("eve@example.com", Suppression.Reason.HARD_BOUNCE, detail="550 5.1.1 no such user")
        return Suppression.objects.get(email="eve@example.com")

    made: Suppression = cast.once("suppression", make)
    return made


def list_suppression(cast: Cast) -> ListSuppression:
    def make() -> ListSuppression:
        of_lists.suppress(["eve@example.com"], stage.mailing_list(cast), reason=stage.LONG_NAME, by=None)
        return ListSuppression.objects.get(email="eve@example.com")

    made: ListSuppression = cast.once("list suppression", make)
    return made


def suppressed_for_one_list(cast: Cast) -> dict[str, Any]:
    list_suppression(cast)
    return {"query": "?for=list"}


def on_hold(cast: Cast) -> int:
    """Of two domains, one with a long name."""

    def make() -> int:
        words = f"550 5.1.1 <ana@firm.example> {'recipient rejected by the directory of this server, ' * 4}"
        for address in ("ana@firm.example", "ben@firm.example", f"eve@{'abteilung-' * 5}nord.firm.example"):
            consent.suppress(address, Suppression.Reason.HELD, detail=words, source="smtp")
        return holding.waiting()

    made: int = cast.once("on hold", make)
    return made


def on_hold_domain(cast: Cast) -> dict[str, Any]:
    return {"domain": "firm.example"}


def reasons(cast: Cast) -> object:
    return list(Suppression.objects.order_by("email").values_list("email", "reason"))


def import_in(state: str) -> Any:
    """An import that has come as far as `state`."""

    def make(cast: Cast) -> dict[str, Any]:
        return {"pk": cast.once(f"import-{state}", lambda: _import(cast, state)).pk}

    return make


def import_now(name: str) -> Any:
    """How its import looks to whoever wants to see whether it changed."""

    def look(cast: Cast) -> Any:
        job = cast.made.get(f"import-{name}")
        return ImportJob.objects.values_list("state", "options").get(pk=job.pk) if job else None

    return look


def decided(cast: Cast) -> dict[str, Any]:
    columns = {"column-0": "email", "column-1": "first_name", "column-2": "new:text", "label-2": "Town"}
    return columns | {"everyone": "0", "day_first": "no", "mode": "fill", "consent_source": "form", "new_list": "New"}


def _import(cast: Cast, state: str) -> ImportJob:
    job = jobs.upload(SimpleUploadedFile("people.csv", FILE.encode()), "people.csv", by=cast.owner)
    if state == "uploaded":
        return job
    plan = Plan.from_json(job.options).change(consent_source="form", lists=(newsletter(cast).pk,))
    ImportJob.objects.filter(pk=job.pk).update(state="checking", options=job.options | plan.to_json())
    if state == "checking":
        ImportJob.objects.filter(pk=job.pk).update(started_at=timezone.now(), alive_at=timezone.now())
    else:
        working.work(job.pk)
    job.refresh_from_db()
    return job


def undoing(state: str) -> Any:
    """An import of which undoing has come as far as `state`."""

    def make(cast: Cast) -> dict[str, Any]:
        job = cast.once(f"undo-{state}", lambda: _import(cast, "ready"))
        if job.state == "ready":
            ImportJob.objects.filter(pk=job.pk).update(state="running", rows_done=0)
            working.work(job.pk)
            job.refresh_from_db()
            undo = wishes.ask(job, by=cast.owner)
            if state != "counting":
                carrying_through.work(undo.pk)
        return {"pk": job.pk}

    return make


def undo_now(state: str) -> Any:
    def look(cast: Cast) -> Any:
        job = cast.made.get(f"undo-{state}")
        return ImportUndo.objects.values_list("state", "started_at").get(job=job) if job else None

    return look


def _with_refused_rows(cast: Cast) -> dict[str, Any]:
    def make() -> ImportJob:
        name = default_storage.save(f"imports/{uuid.uuid4().hex}.csv", ContentFile(b"Line,Reason\r\n3,Nobody\r\n"))
        return ImportJob.objects.create(file_name="people.csv", storage_name="", refused_storage_name=name)

    return {"pk": cast.once("import-refused", make).pk}


def of(make: Any) -> Any:
    return lambda cast: {"pk": make(cast).pk}


def contact_now(cast: Cast) -> Any:
    found = Contact.objects.filter(pk=person(cast).pk).values_list("first_name").first()
    return found, list(person(cast).subscriptions.order_by("list").values_list("list", "state")) if found else None


def audited(action: str) -> Any:
    return lambda cast: AuditEntry.objects.filter(action=action).count()


def an_upload(cast: Cast) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("people.csv", FILE.encode(), "text/csv")}


def note(cast: Cast) -> dict[str, Any]:
    text = f"Called. {stage.LONG_NAME}"
    made = cast.once("note", lambda: person(cast).notes.create(text=text, by=cast.owner))
    return {"pk": made.contact_id, "note_id": made.pk}


def beside_a_note(cast: Cast) -> dict[str, Any]:
    return {"pk": note(cast)["pk"]}


def erasure(cast: Cast) -> Erasure:
    made: Erasure = cast.once(
        "erasure",
        lambda: beginning.begin("gone@example.com", by=cast.owner, request=cast.owner, reason=stage.LONG_NAME[:200]),
    )
    return made


def erasures_now(cast: Cast) -> int:
    return Erasure.objects.count()


def notes_now(cast: Cast) -> Any:
    return list(Note.objects.order_by("id").values_list("text"))


def everybody(cast: Cast) -> dict[str, Any]:
    """Somebody of each kind, so that the tables are full."""
    person(cast)
    suppression(cast)
    import_in("ready")(cast)
    return {}


def bulk_change(state: str = "done") -> Any:
    """A tag that everybody got; in another `state` it stands still there."""

    def make(cast: Cast) -> dict[str, Any]:
        def change() -> BulkChange:
            everybody(cast)
            everyone = Selection(query="")
            made = bulk_changes.begin(
                EVERY["add-tag"], {"tag": f"{stage.LONG_NAME[:90]} anew"}, everyone, expected=9, by=cast.owner
            )
            if state != "done":
                BulkChange.objects.filter(pk=made.pk).update(state=state)
            return made

        return {"pk": cast.once(f"bulk-{state}", change).pk}

    return make


def bulk_states(cast: Cast) -> object:
    return list(BulkChange.objects.order_by("pk").values_list("action", "state"))


def export(state: str) -> Any:
    """An export that an owner asked for, and nobody else may see; `state` done has its file."""

    def make(cast: Cast) -> dict[str, Any]:
        def job() -> ExportJob:
            asked = cast.person("owner-actor", Role.OWNER)
            made = ExportJob.objects.create(columns=["email"], created_by=asked, query="q=example", total=9)
            if state == "done":
                writing.write(made.pk)
            else:
                ExportJob.objects.filter(pk=made.pk).update(state=state, problem="Disk full")
            return made

        return {"pk": cast.once(f"export-{state}", job).pk}

    return make


def _in_bulk(action: str) -> Any:
    def make(cast: Cast) -> dict[str, Any]:
        everybody(cast)
        return {"query": f"?action={action}&all=1"}

    return make


OWNER = frozenset({Role.OWNER.value})

ADDRESSES = {
    "contacts-columns": Address(
        STAFF,
        beside(everybody),
        get=False,
        post=lambda cast: {"column": ["name", "tags", "field:city"]},
        changes=lambda cast: ChosenColumns.objects.count(),
    ),
    "bulk-begin": Address(
        WRITERS,
        beside(everybody),
        query="?action=join-list&all=1",
        states=(_in_bulk("set-field"), _in_bulk("delete")),
        post=lambda cast: {"action": "add-tag", "all": "1", "do-tag": "vip"},
        changes=bulk_states,
    ),
    "bulk-changes": Address(WRITERS, beside(bulk_change())),
    "bulk-change": Address(WRITERS, bulk_change(), states=(bulk_change("running"), bulk_change("failed"))),
    "bulk-cancel": Address(WRITERS, bulk_change("running"), get=False, post=lambda cast: {}, changes=bulk_states),
    "bulk-undo": Address(WRITERS, bulk_change(), get=False, post=lambda cast: {}, changes=bulk_states),
    "contacts": Address(STAFF, everybody),
    "contact": Address(STAFF, beside_a_note, states=(lambda cast: {"pk": merge(cast).contact_id},)),
    "contact-add": Address(
        WRITERS,
        everybody,
        post=lambda cast: {"email": "neu@example.com", "open_consent": "unknown", "click_consent": "unknown"},
        changes=lambda cast: Contact.objects.filter(email="neu@example.com").exists(),
        spoil="main form button.btn-primary",
    ),
    "contact-edit": Address(
        WRITERS,
        of(person),
        post=lambda cast: {
            "email": "ada@example.com",
            "first_name": "Augusta",
            "open_consent": "unknown",
            "click_consent": "unknown",
        },
        changes=contact_now,
        spoil="main form button.btn-primary",
    ),
    "contact-value": Address(
        WRITERS,
        lambda cast: {"pk": person(cast).pk, "name": "first_name"},
        post=lambda cast: {"first_name": "Augusta"},
        changes=contact_now,
        states=(
            lambda cast: {"pk": person(cast).pk, "name": "time_zone"},
            lambda cast: {"pk": person(cast).pk, "name": "open_consent"},
        ),
    ),
    "contact-note-add": Address(
        WRITERS,
        of(person),
        post=lambda cast: {"text": "Called"},
        changes=notes_now,
        spoil="main form button.btn-primary",
    ),
    "contact-note": Address(WRITERS, note, post=lambda cast: {"text": "Called twice"}, changes=notes_now),
    "contact-note-delete": Address(WRITERS, note, get=False, post=lambda cast: {}, changes=notes_now),
    "contact-consent": Address(STAFF, of(person)),
    "contact-data": Address(WRITERS, of(person), get=False, post=lambda cast: {}, changes=audited("contact.data")),
    "contact-erase": Address(
        WRITERS,
        of(person),
        post=lambda cast: {"reason": "By letter"},
        changes=erasures_now,
        spoil="main form button.btn-danger",
    ),
    "erasures": Address(STAFF, beside(erasure)),
    "erasure": Address(STAFF, of(erasure)),
    "erase-many": Address(
        WRITERS,
        post=lambda cast: {"addresses": "no@example.com", "reason": "By letter", "understood": "on"},
        changes=erasures_now,
        spoil="main form button.btn-danger",
    ),
    "contact-merge": Address(WRITERS, beside_twin, states=(lambda cast: beside_twin(cast) | {"query": "?q=org"},)),
    "contact-merge-with": Address(
        WRITERS, pair, post=lambda cast: {"address": twin(cast).pk, **of_the_twin(cast)}, changes=merged_now
    ),
    "contact-merge-undo": Address(WRITERS, of(merge), get=False, post=lambda cast: {}, changes=merged_now),
    "contact-delete": Address(WRITERS, of(person), get=False, post=lambda cast: {}, changes=contact_now),
    "contact-unsubscribe": Address(
        WRITERS, of(person), get=False, post=lambda cast: {"reason": "Asked"}, changes=contact_now
    ),
    "contact-resubscribe": Address(
        WRITERS,
        of(person),
        get=False,
        post=lambda cast: {"lists": [MailingList.objects.get(name="Events").pk], "reason": "Asked"},
        changes=contact_now,
    ),
    "contacts-export": Address(
        WRITERS, beside(everybody, export("done")), post=lambda cast: {}, changes=audited("contacts.export")
    ),
    "contacts-export-job": Address(OWNER, export("done"), states=(export("running"), export("failed"))),
    "contacts-export-file": Address(
        OWNER,
        export("done"),
        get=False,
        post=lambda cast: {},
        changes=audited("contacts.export-download"),
        no_page="a download",
    ),
    "contacts-export-cancel": Address(
        OWNER,
        export("running"),
        get=False,
        post=lambda cast: {},
        changes=lambda cast: list(ExportJob.objects.order_by("pk").values_list("state", flat=True)),
    ),
    "lists": Address(STAFF, everybody),
    "list": Address(STAFF, of(newsletter)),
    "list-add": Address(
        WRITERS,
        post=lambda cast: {"name": "Events in Hamburg"},
        changes=lambda cast: MailingList.objects.count(),
        spoil="main form button.btn-primary",
    ),
    "list-edit": Address(
        WRITERS,
        of(newsletter),
        post=lambda cast: {"name": "Letter"},
        changes=lambda cast: list(MailingList.objects.values_list("name")),
        spoil="main form button.btn-primary",
    ),
    "list-basis": Address(
        WRITERS,
        of(newsletter),
        post=lambda cast: {"basis": "implied", "note": "They bought", "months": 24},
        changes=lambda cast: list(ListBasis.objects.values_list("basis", "months")),
        spoil="main form button.btn-primary",
    ),
    "list-archive": Address(
        WRITERS,
        of(newsletter),
        get=False,
        post=lambda cast: {},
        changes=lambda cast: list(MailingList.objects.values_list("archived_at")),
    ),
    "list-delete": Address(
        WRITERS, of(newsletter), get=False, post=lambda cast: {}, changes=lambda cast: MailingList.objects.count()
    ),
    "segments": Address(STAFF, beside(segment)),
    "segment": Address(STAFF, of(segment)),
    "segment-why": Address(STAFF, of(segment)),
    "segment-add": Address(
        WRITERS,
        post=lambda cast: {"name": "Vips", **A_ROW},
        changes=lambda cast: Segment.objects.count(),
        spoil="main form button.btn-primary",
    ),
    "segment-edit": Address(
        WRITERS,
        of(segment),
        post=lambda cast: {"name": "Vips", **A_ROW},
        changes=lambda cast: list(Segment.objects.values_list("name")),
    ),
    "segment-preview": Address(STAFF, get=False, no_page="numbers of a form that is being typed; it saves nothing"),
    "segment-delete": Address(
        WRITERS, of(segment), get=False, post=lambda cast: {}, changes=lambda cast: Segment.objects.count()
    ),
    "suppressions": Address(STAFF, everybody, states=(suppressed_for_one_list,)),
    "suppression-add": Address(
        WRITERS,
        post=lambda cast: {"addresses": "bob@example.com\nEve2@example.com", "reason": "Asked"},
        changes=lambda cast: Suppression.objects.count(),
        spoil="main form button.btn-primary",
    ),
    "suppression-lift": Address(
        WRITERS,
        of(suppression),
        get=False,
        post=lambda cast: {"reason": "It was our fault"},
        changes=lambda cast: Suppression.objects.count(),
    ),
    "list-suppression-lift": Address(
        WRITERS,
        of(list_suppression),
        get=False,
        post=lambda cast: {"reason": "They asked for it"},
        changes=lambda cast: ListSuppression.objects.count(),
    ),
    "suppressions-held": Address(STAFF, beside(on_hold)),
    "suppressions-held-believe": Address(WRITERS, beside(on_hold), get=False, post=on_hold_domain, changes=reasons),
    "suppressions-held-keep": Address(WRITERS, beside(on_hold), get=False, post=on_hold_domain, changes=reasons),
    "suppressions-export": Address(
        WRITERS, everybody, get=False, post=lambda cast: {}, changes=audited("suppressions.export")
    ),
    "imports": Address(WRITERS, everybody),
    "import-new": Address(WRITERS, post=an_upload, changes=lambda cast: ImportJob.objects.count(), spoil=""),
    "import": Address(WRITERS, import_in("ready"), states=(import_in("uploaded"), import_in("checking"))),
    "import-preview": Address(
        WRITERS,
        import_in("uploaded"),
        get=False,
        no_page="a fragment that answers POST and saves nothing",
    ),
    "import-reread": Address(
        WRITERS,
        import_in("uploaded"),
        get=False,
        post=lambda cast: {"encoding": "cp1252", "delimiter": ",", "has_header": "yes"},
        changes=import_now("uploaded"),
    ),
    "import-check": Address(WRITERS, import_in("uploaded"), get=False, post=decided, changes=import_now("uploaded")),
    "import-start": Address(WRITERS, import_in("ready"), get=False, post=lambda cast: {}, changes=import_now("ready")),
    "import-change": Address(WRITERS, import_in("ready"), get=False, post=lambda cast: {}, changes=import_now("ready")),
    "import-cancel": Address(
        WRITERS, import_in("checking"), get=False, post=lambda cast: {}, changes=import_now("checking")
    ),
    "import-mend": Address(
        WRITERS,
        import_in("ready"),
        get=False,
        post=lambda cast: {"row-0": "nobody@example.com"},
        changes=lambda cast: ImportJob.objects.count(),
    ),
    "import-undo": Address(
        WRITERS,
        undoing("ready"),
        states=(undoing("counting"),),
        post=lambda cast: {},
        changes=undo_now("ready"),
    ),
    "import-undo-start": Address(WRITERS, undoing("ready"), get=False, post=lambda cast: {}, changes=undo_now("ready")),
    "import-refused": Address(WRITERS, _with_refused_rows, no_page="a download"),
}
