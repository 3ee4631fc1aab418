import io
import json
from typing import Any

from django.core import signing
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApprovalRule, BrandKit, Organisation, Role, User
from campaigns import starters
from campaigns.approval import deciding, standing
from campaigns.approval.models import Approval
from campaigns.attachments import attaching
from campaigns.attachments.models import Attachment
from campaigns.comments import conversations
from campaigns.comments.models import Comment
from campaigns.content import blocks, calendar_files
from campaigns.drafts import own_templates, saving
from campaigns.editor import arranging, history, saved_blocks
from campaigns.mail_imports import drafting, reading
from campaigns.mail_imports.models import MailImport
from campaigns.models import (
    Campaign,
    DraftVersion,
    Edition,
    Image,
    ImageFolder,
    ProofSheet,
    SavedBlock,
    SeedList,
    SharedReport,
    Template,
    TestAddress,
)
from campaigns.proof import making
from campaigns.reporting import sharing
from campaigns.sending import launching
from contacts.models import MailingList
from delivery import ledger
from delivery.models import Batch, Chunk
from tests.web import stage
from tests.web.address import ADMINS, STAFF, WRITERS, Address, beside
from tests.web.cast import Cast

FRAGMENT = "a part of a page"
MAIL = "the mail itself, in a frame"
State = Batch.State
UNDO_KEY = "abcdefghij-_"


def draft(cast: Cast) -> dict[str, Any]:
    return {"pk": stage.campaign(cast).pk}


def begun(state: State) -> Any:
    return lambda cast: {"pk": stage.launched(cast, state).pk}


def by_mailbox(*, paused: bool = False) -> Any:
    """One that goes to a mailbox provider, whose part waits or not."""

    def make(cast: Cast) -> dict[str, Any]:
        found = stage.launched(cast)
        assert found.batch is not None
        lanes = Chunk.objects.filter(batch=found.batch).values_list("lane", flat=True)
        if paused and not found.batch.paused_lanes:
            ledger.pause_lane(found.batch, lanes[0], by="Ada")
        return {"pk": found.pk, "lane": lanes[0]}

    return make


def paused_lanes(cast: Cast) -> object:
    return Batch.objects.values_list("paused_lanes").get(pk=stage.batch(cast).pk)


def asked_stranger(cast: Cast) -> dict[str, Any]:
    found = cast.once(
        "stranger", lambda: TestAddress.objects.create(email="zoe@elsewhere.example", asked_at=timezone.now())
    )
    return {"token": signing.dumps(found.pk, salt="campaigns.test_addresses")}


def stopped(cast: Cast) -> dict[str, Any]:
    """By its own figures."""
    found = stage.launched(cast, State.PAUSED)
    assert found.batch is not None
    words = "41 of 400 addresses tried (10.2 %) do not exist. See where these came from before you resume."
    Batch.objects.filter(pk=found.batch.pk).update(stop_rule="hard", state_reason=words, hard=41)
    return {"pk": found.pk}


def revision(cast: Cast) -> dict[str, Any]:
    return {"pk": stage.revision(cast).pk}


def translation(cast: Cast) -> dict[str, Any]:
    return {"pk": stage.translation(cast).pk}


def in_two_languages(cast: Cast) -> dict[str, Any]:
    return {"pk": stage.translation(cast).translation_of_id}


def languages(cast: Cast) -> list[str]:
    return list(Campaign.objects.order_by("pk").values_list("language", flat=True))


def revisions(cast: Cast) -> object:
    return Campaign.objects.exclude(revision_of=None).count()


def first_block(cast: Cast) -> dict[str, Any]:
    return draft(cast) | {"block": stage.first_block(cast)}


def changed(cast: Cast) -> dict[str, Any]:
    """With a block more than before."""
    draft = stage.campaign(cast)
    history.change(
        draft, arranging.insert(blocks.validate(draft.blocks), blocks.new("text"), arranging.Place(0)), by=cast.owner
    )
    draft.save()
    return {"pk": draft.pk}


def undone(cast: Cast) -> dict[str, Any]:
    draft = Campaign.objects.get(pk=changed(cast)["pk"])
    history.undo(draft)
    draft.save()
    return {"pk": draft.pk}


def version(cast: Cast) -> dict[str, Any]:
    """What the draft said before its subject was changed."""
    found = stage.campaign(cast)

    def make() -> DraftVersion:
        saving.save(found.pk, lambda draft: setattr(draft, "subject", "Another"), by=cast.owner, version=None)
        return DraftVersion.objects.filter(campaign=found, words__isnull=False).latest("pk")

    return {"pk": found.pk, "version": cast.once("version", make).pk}


def decided(cast: Cast) -> object:
    return Campaign.objects.values_list("fixed_audience").get(pk=stage.campaign(cast).pk)


def version_names() -> object:
    return list(DraftVersion.objects.order_by("pk").values_list("name", flat=True))


def launched(cast: Cast) -> dict[str, Any]:
    return {"pk": stage.launched(cast).pk}


def shared(cast: Cast) -> SharedReport:
    return cast.once("shared", lambda: sharing.share(stage.launched(cast), by=cast.owner, days=30, note="The board"))


def shared_link(cast: Cast) -> dict[str, Any]:
    link = shared(cast)
    return {"pk": link.campaign_id, "link": link.pk}


def calendar_token(cast: Cast) -> dict[str, str]:
    event = calendar_files.Event("Harbour day", "2026-03-29", "2026-03-29T19:00", "", "Europe/Berlin", "Old quay", "")
    return {"token": calendar_files.address("", event).removeprefix("/e/").removesuffix(".ics")}


def shared_token(cast: Cast) -> dict[str, Any]:
    return {"token": sharing.token(shared(cast))}


def shares() -> object:
    return list(SharedReport.objects.order_by("id").values_list("id", "revoked_at"))


def proven(cast: Cast) -> dict[str, Any]:
    """Rehearsed, and written down."""
    found = stage.rehearsal(cast)
    making.work(cast.once("proof", lambda: making.begin(found, by=cast.owner)).pk)
    return {"pk": found.pk}


def rehearsed(cast: Cast) -> dict[str, Any]:
    """Through, and beside it a way out that could carry it for real."""
    stage.provider(cast)
    return {"pk": stage.rehearsal(cast).pk}


def repeated(cast: Cast) -> int:
    return Campaign.objects.exclude(repeats=None).count()


def agreed(cast: Cast) -> dict[str, Any]:
    """What the page names beside its button."""
    found = Campaign.objects.get(pk=stage.campaign(cast).pk)
    way = "rehearsal" if found.way_out.is_rehearsal else "real"
    return {"provider": found.way_out.pk, "version": found.version, "way": way}


def saved_block(cast: Cast) -> dict[str, Any]:
    def make() -> SavedBlock:
        first = stage.first_block(cast)
        return saved_blocks.keep(Campaign.objects.get(pk=stage.campaign(cast).pk), first, first, "Hours", by=cast.owner)

    return {"pk": cast.once("saved block", make).pk}


def linked_block(cast: Cast) -> dict[str, Any]:
    """The first block of the draft, linked to a saved one."""
    campaign, block = stage.campaign(cast), stage.first_block(cast)
    found = SavedBlock.objects.get(pk=saved_block(cast)["pk"])

    def link() -> str:
        draft = Campaign.objects.get(pk=campaign.pk)
        draft.blocks = saved_blocks.linked(blocks.validate(draft.blocks), block, block, found)
        draft.save(update_fields=["blocks"])
        return block

    return {"pk": campaign.pk, "block": cast.once("linked block", link)}


def brought(cast: Cast) -> dict[str, Any]:
    """A mail of another system with what is said of it: tags, pictures elsewhere, and what is taken out."""
    html = '<script></script><p>Hi *|FNAME|* *|MMERGE9|*</p><img src="https://pictures.invalid/a.png">'

    def make() -> Campaign:
        return drafting.draft(reading.text(html, name="spring.html"), MailImport.Kind.FILE, cast.owner)

    return {"pk": cast.once("brought", make).pk}


def image_folder(cast: Cast) -> dict[str, Any]:
    return {"pk": cast.once("image folder", lambda: ImageFolder.objects.create(name="Spring")).pk}


def template(cast: Cast) -> dict[str, Any]:
    made = cast.once(
        "template", lambda: own_templates.keep(stage.campaign(cast), "Monthly", "For the first", by=cast.owner)
    )
    return {"pk": made.pk}


def templates(cast: Cast) -> object:
    return Template.objects.count()


def other_brand(cast: Cast) -> dict[str, Any]:
    return {"pk": cast.once("other brand", lambda: BrandKit.objects.create(name="Nordlicht Shop")).pk}


def seed_list(cast: Cast) -> dict[str, Any]:
    asked_stranger(cast)
    given = ["me@nordlicht.example", "zoe@elsewhere.example", "ada@elsewhere.example"]
    made = cast.once("seed list", lambda: SeedList.objects.create(name="Inboxes of the providers", addresses=given))
    return {"pk": made.pk}


def image(cast: Cast) -> dict[str, Any]:
    return {"pk": stage.image(cast).pk}


def count(cast: Cast) -> int:
    return Campaign.objects.count()


def written(cast: Cast) -> Any:
    return Campaign.objects.values("name", "content_kind", "blocks").get(pk=stage.campaign(cast).pk)


def with_foreign_tags(cast: Cast) -> dict[str, Any]:
    found = stage.campaign(cast)
    Campaign.objects.filter(pk=found.pk).update(subject="For *|FNAME|*")
    return {"pk": found.pk}


def translated(cast: Cast) -> dict[str, Any]:
    found = Campaign.objects.get(pk=stage.campaign(cast).pk)
    before = {name: getattr(found, name) for name in ("subject", "preheader", "text", "html", "blocks")}
    kept = {"words": before | {"subject": "For *|FNAME|*"}, "version": found.version}
    cache.set(f"translated:{found.pk}:{UNDO_KEY}", kept)
    return {"pk": found.pk}


def subject(cast: Cast) -> str:
    return Campaign.objects.get(pk=stage.campaign(cast).pk).subject


def state_of_batch(state: State) -> Any:
    return lambda cast: Campaign.objects.values("batch", "batch__state").get(pk=stage.launched(cast, state).pk)


def a_list(cast: Cast) -> dict[str, Any]:
    return {"list_id": cast.once("asked", lambda: MailingList.objects.create(name="Customers")).pk}


def to_approve(cast: Cast) -> dict[str, Any]:
    """A copy of the draft; somebody is asked about it by somebody else."""

    def make() -> Campaign:
        Organisation.objects.update(approval=ApprovalRule.SECOND)
        copy = launching.duplicate(stage.campaign(cast), by=cast.owner)
        colleague = User.objects.create(email="ana@nordlicht.example", name=stage.ARABIC_NAME, role=Role.MARKETER)
        Campaign.objects.filter(pk=copy.pk).update(updated_by=colleague)
        of = User.objects.filter(is_active=True, role=Role.ADMIN).first() or cast.owner
        deciding.ask(copy, of, stage.LONG_NAME, by=colleague, organisation=Organisation.objects.get())
        return copy

    return {"pk": cast.once("to approve", make).pk}


def answered(cast: Cast) -> dict[str, Any]:
    """What an answer carries: what the page showed."""
    found = Campaign.objects.get(pk=to_approve(cast)["pk"])
    return {"decision": "back", "answer": "Not yet", "reason": "Urgent", "seen": standing.seal(standing.frozen(found))}


def with_files(cast: Cast) -> dict[str, Any]:
    """The draft with one file attached and one behind a link."""

    def make() -> Attachment:
        campaign = stage.campaign(cast)
        attaching.add(campaign, io.BytesIO(b"%PDF-1.7"), f"{stage.LONG_NAME}.pdf", is_linked=False, by=cast.owner)
        name = f"{stage.ARABIC_NAME}.txt"
        return attaching.add(campaign, io.BytesIO(b"Words"), name, is_linked=True, by=cast.owner)

    return {"pk": stage.campaign(cast).pk, "file": cast.once("file", make).pk}


def with_event(cast: Cast) -> dict[str, Any]:
    def make() -> str:
        event = {"id": "fair", "kind": "event", "text": "Harbour day", "day": "2026-03-29"}
        draft = stage.campaign(cast)
        Campaign.objects.filter(pk=draft.pk).update(blocks=blocks.validate({"blocks": [event, {"kind": "footer"}]}))
        return "fair"

    return {"pk": stage.campaign(cast).pk, "block": cast.once("event", make)}


def all_files(cast: Cast) -> object:
    return list(Attachment.objects.order_by("pk").values_list("name", "is_linked"))


def talked_about(cast: Cast) -> dict[str, Any]:
    """The draft with four conversations: about a block, about one that is gone, about the whole, and resolved."""

    def make() -> Comment:
        campaign, by = stage.campaign(cast), cast.owner
        first = conversations.add(campaign, stage.ARABIC_NAME, by=by, block=stage.first_block(cast))
        conversations.answer(first, stage.LONG_NAME, by=by)
        conversations.resolve(conversations.add(campaign, "Done", by=by), by=by, is_resolved=True)
        gone = conversations.add(campaign, "On what was there", by=by, block=stage.first_block(cast))
        Comment.objects.filter(pk=gone.pk).update(block="gone")
        return conversations.add(campaign, "Who reads this?", by=by)

    return {"pk": stage.campaign(cast).pk, "comment": cast.once("comment", make).pk}


def said(cast: Cast) -> dict[str, Any]:
    """By whoever acts, and answered."""

    def make() -> Comment:
        mine = conversations.add(stage.campaign(cast), "Is the hour right?", by=cast.actor or cast.owner)
        conversations.answer(mine, "Yes", by=cast.owner)
        return mine

    return {"pk": stage.campaign(cast).pk, "comment": cast.once("said", make).pk}


def theirs(cast: Cast) -> dict[str, Any]:
    """What is said anew, by whoever said it."""
    Comment.objects.filter(pk=said(cast)["comment"]).update(by=cast.actor or cast.owner)
    return {"text": "Which hour?"}


def all_comments(cast: Cast) -> object:
    return list(Comment.objects.order_by("pk").values_list("text", "resolved_at"))


def approvals(cast: Cast) -> object:
    return list(Approval.objects.order_by("pk").values_list("pk", "state"))


ADDRESSES = {
    "home": Address(STAFF, args=beside(stage.message)),
    "campaigns": Address(STAFF, args=beside(stage.message)),
    "campaign-new": Address(WRITERS, post=lambda cast: {"starter": starters.all()[0].key}, changes=count),
    "starter-mail": Address(STAFF, args=lambda cast: {"key": starters.all()[0].key}, no_page=MAIL),
    "campaign": Address(
        STAFF,
        args=draft,
        states=(
            *map(begun, (State.BUILDING, State.SENDING, State.DONE)),
            *(stopped, revision, translation, in_two_languages),
        ),
    ),
    "campaign-language-add": Address(
        WRITERS, args=draft, get=False, post=lambda cast: {"language": "fr"}, changes=languages
    ),
    "campaign-language-own": Address(
        WRITERS, args=draft, get=False, post=lambda cast: {"language": "it"}, changes=languages
    ),
    "campaign-language-remove": Address(WRITERS, args=translation, get=False, post=lambda cast: {}, changes=languages),
    "campaign-ready": Address(STAFF, args=draft, no_page=FRAGMENT),
    "campaign-inbox": Address(STAFF, args=draft, no_page=FRAGMENT),
    "campaign-mail": Address(STAFF, args=draft, no_page=MAIL),
    "campaign-check": Address(STAFF, args=draft, states=(revision, translation, in_two_languages)),
    "attachments": Address(
        WRITERS,
        args=lambda cast: {"pk": with_files(cast)["pk"]},
        post=lambda cast: {"file": SimpleUploadedFile("a.txt", b"Words"), "way": "link"},
        changes=all_files,
        spoil=".form-actions .btn-primary",
    ),
    "attachment": Address(WRITERS, args=with_files, get=False, post=lambda cast: {"act": "remove"}, changes=all_files),
    "attachment-event": Address(WRITERS, args=with_event, get=False, post=lambda cast: {}, changes=all_files),
    "file-download": Address(
        None,
        args=lambda cast: {"name": Attachment.objects.get(pk=with_files(cast)["file"]).public_name},
        no_page="a download",
    ),
    "comments": Address(
        STAFF,
        args=lambda cast: {"pk": talked_about(cast)["pk"]},
        states=(lambda cast: {"pk": said(cast)["pk"], "query": f"?change={said(cast)['comment']}"},),
        spoil=".form-actions button",
    ),
    "comment-add": Address(
        WRITERS, args=draft, get=False, post=lambda cast: {"text": "Which summer?"}, changes=all_comments
    ),
    "comment-answer": Address(
        WRITERS, args=talked_about, get=False, post=lambda cast: {"text": "This one"}, changes=all_comments
    ),
    "comment-change": Address(WRITERS, args=said, get=False, post=theirs, changes=all_comments),
    "comment-take-back": Address(WRITERS, args=said, get=False, post=theirs, changes=all_comments),
    "comment-resolve": Address(
        WRITERS, args=talked_about, get=False, post=lambda cast: {"act": "resolve"}, changes=all_comments
    ),
    "campaign-approval": Address(STAFF, args=to_approve, states=(draft, lambda cast: {"pk": stage.rehearsal(cast).pk})),
    "approval-ask": Address(
        WRITERS,
        args=draft,
        get=False,
        post=lambda cast: {"of": cast.owner.pk},
        changes=approvals,
    ),
    "approval-withdraw": Address(WRITERS, args=to_approve, get=False, post=lambda cast: {}, changes=approvals),
    "approval-decide": Address(WRITERS, args=to_approve, get=False, post=answered, changes=approvals),
    "approval-override": Address(
        frozenset({Role.OWNER.value}), args=to_approve, get=False, post=answered, changes=approvals
    ),
    "campaign-gap": Address(STAFF, args=draft, no_page="words", query="?tag=first_name"),
    "campaign-sender-logo": Address(STAFF, args=draft, no_page="a picture", statuses=frozenset({404})),
    "campaign-clicks": Address(STAFF, args=launched, no_page=MAIL),
    "campaign-table": Address(STAFF, args=lambda cast: launched(cast) | {"table": "links"}, no_page="a spreadsheet"),
    "campaign-share": Address(
        WRITERS, args=launched, get=False, post=lambda cast: {"days": "30"}, changes=lambda cast: shares()
    ),
    "campaign-unshare": Address(
        WRITERS, args=shared_link, get=False, post=lambda cast: {}, changes=lambda cast: shares()
    ),
    "report-share": Address(
        WRITERS,
        args=lambda cast: {"page": "report-lists"},
        get=False,
        post=lambda cast: {"days": "30", "query": "days=30"},
        changes=lambda cast: shares(),
    ),
    "report-unshare": Address(
        WRITERS,
        args=lambda cast: {"link": sharing.share_page("reports", "", by=cast.owner, days=7).pk},
        get=False,
        post=lambda cast: {},
        changes=lambda cast: shares(),
    ),
    "shared-report": Address(None, args=shared_token),
    "shared-mail": Address(None, args=shared_token, no_page=MAIL),
    "campaign-proof": Address(STAFF, args=proven, states=(launched,)),
    "campaign-proof-make": Address(
        WRITERS,
        args=lambda cast: {"pk": stage.rehearsal(cast).pk},
        get=False,
        post=lambda cast: {},
        changes=lambda cast: ProofSheet.objects.count(),
    ),
    "campaign-proof-file": Address(WRITERS, args=proven, no_page="a file to keep"),
    "check-proof": Address(STAFF, spoil="main form .btn-primary"),
    "campaign-ask-again": Address(WRITERS, args=a_list, get=False, post=lambda cast: {}, changes=count),
    "campaign-decide": Address(WRITERS, args=draft, get=False, post=lambda cast: {}, changes=decided),
    "campaign-duplicate": Address(WRITERS, args=draft, get=False, post=lambda cast: {}, changes=count),
    "campaign-delete": Address(WRITERS, args=draft, get=False, post=lambda cast: {}, changes=count),
    "campaign-save": Address(
        WRITERS,
        args=lambda cast: draft(cast) | {"card": "name"},
        get=False,
        post=lambda cast: {"name": "Another name"},
        changes=written,
    ),
    "campaign-launch": Address(
        WRITERS,
        args=draft,
        post=agreed,
        changes=lambda cast: Campaign.objects.get(pk=stage.campaign(cast).pk).batch_id,
    ),
    "search": Address(STAFF, args=beside(stage.message), query="?q=did+Ana+get+it"),
    "campaign-repeat": Address(
        WRITERS, args=rehearsed, post=lambda cast: {"provider": stage.provider(cast).pk}, changes=repeated
    ),
    "campaign-undo": Address(
        WRITERS,
        args=begun(State.BUILDING),
        get=False,
        post=lambda cast: {},
        changes=state_of_batch(State.BUILDING),
    ),
    "campaign-pause": Address(
        WRITERS, args=begun(State.SENDING), get=False, post=lambda cast: {}, changes=state_of_batch(State.SENDING)
    ),
    "campaign-mailboxes": Address(STAFF, args=launched, no_page="a spreadsheet"),
    "campaign-lane-pause": Address(WRITERS, args=by_mailbox(), post=lambda cast: {}, changes=paused_lanes),
    "campaign-lane-resume": Address(
        WRITERS, args=by_mailbox(paused=True), get=False, post=lambda cast: {}, changes=paused_lanes
    ),
    "campaign-resume": Address(
        WRITERS, args=begun(State.PAUSED), get=False, post=lambda cast: {}, changes=state_of_batch(State.PAUSED)
    ),
    "campaign-cancel": Address(
        WRITERS, args=begun(State.SENDING), get=False, post=lambda cast: {}, changes=state_of_batch(State.SENDING)
    ),
    "campaign-revise": Address(WRITERS, args=begun(State.PAUSED), get=False, post=lambda cast: {}, changes=revisions),
    "campaign-continue": Address(
        WRITERS,
        args=revision,
        post=lambda cast: {"version": str(stage.revision(cast).version)},
        changes=revisions,
    ),
    "campaign-test": Address(
        WRITERS,
        args=draft,
        get=False,
        post=lambda cast: {"to": "me@nordlicht.example"},
        changes=lambda cast: Edition.objects.filter(is_test=True).count(),
    ),
    "campaign-test-outcome": Address(
        WRITERS, args=lambda cast: draft(cast) | {"batch": stage.test_message(cast).batch_id}, no_page=FRAGMENT
    ),
    "campaign-test-cancel": Address(
        WRITERS,
        args=lambda cast: draft(cast) | {"batch": stage.test_message(cast).batch_id},
        get=False,
        post=lambda cast: {},
        changes=lambda cast: Batch.objects.filter(state=State.CANCELLED).count(),
    ),
    "test-address": Address(
        None,
        args=asked_stranger,
        post=lambda cast: {},
        changes=lambda cast: TestAddress.objects.exclude(agreed_at=None).count(),
        spoil="main .btn-primary",
    ),
    "campaign-translate": Address(WRITERS, args=with_foreign_tags, get=False, post=lambda cast: {}, changes=subject),
    "campaign-translate-undo": Address(
        WRITERS, args=translated, get=False, post=lambda cast: {"key": UNDO_KEY}, changes=subject
    ),
    "campaign-content": Address(WRITERS, args=draft, states=(translation,)),
    "canvas-mail": Address(WRITERS, args=draft, no_page="a mail"),
    "canvas-here": Address(WRITERS, args=draft, get=False, no_page="says who else is there"),
    "block-panel": Address(WRITERS, args=first_block, no_page=FRAGMENT),
    "block-draw": Address(WRITERS, args=first_block, get=False, no_page="draws what is posted, and stores nothing"),
    "campaign-kind": Address(WRITERS, args=draft, get=False, post=lambda cast: {"kind": "html"}, changes=written),
    "campaign-starter": Address(
        WRITERS, args=draft, get=False, post=lambda cast: {"starter": starters.all()[1].key}, changes=written
    ),
    "campaign-style": Address(WRITERS, args=draft, get=False, post=lambda cast: {"colour": "#aa3300"}, changes=written),
    "block-add": Address(WRITERS, args=draft, get=False, post=lambda cast: {"kind": "text"}, changes=written),
    "content-waiting": Address(
        WRITERS,
        args=draft,
        get=False,
        post=lambda cast: {"changes": json.dumps([[reverse("block-add", kwargs=draft(cast)), "kind=text"]])},
        changes=written,
    ),
    "content-undo": Address(WRITERS, args=changed, get=False, post=lambda cast: {}, changes=written),
    "content-redo": Address(WRITERS, args=undone, get=False, post=lambda cast: {}, changes=written),
    "block-save": Address(
        WRITERS, args=first_block, get=False, post=lambda cast: {"alt": "Our mark", "width": "99"}, changes=written
    ),
    "block-move": Address(
        WRITERS, args=first_block, get=False, post=lambda cast: {"direction": "down"}, changes=written
    ),
    "block-duplicate": Address(WRITERS, args=first_block, get=False, post=lambda cast: {}, changes=written),
    "block-delete": Address(WRITERS, args=first_block, get=False, post=lambda cast: {}, changes=written),
    "versions": Address(
        WRITERS,
        args=lambda cast: {"pk": version(cast)["pk"]},
        post=lambda cast: {"name": "Before the summer"},
        changes=lambda cast: version_names(),
    ),
    "versions-compared": Address(
        WRITERS,
        args=lambda cast: {"pk": version(cast)["pk"]},
        states=(lambda cast: {"pk": version(cast)["pk"], "query": f"?old={version(cast)['version']}"},),
    ),
    "version-mail": Address(WRITERS, args=version, no_page=MAIL),
    "version-named": Address(
        WRITERS,
        args=version,
        post=lambda cast: {"name": "Before the summer"},
        changes=lambda cast: version_names(),
        spoil=".form-actions .btn-primary",
    ),
    "version-restored": Address(WRITERS, args=version, get=False, post=lambda cast: {}, changes=subject),
    "saved-blocks": Address(WRITERS, args=beside(saved_block)),
    "saved-block": Address(
        WRITERS,
        args=saved_block,
        post=lambda cast: {"name": "Another name"},
        changes=lambda cast: SavedBlock.objects.get(pk=saved_block(cast)["pk"]).name,
    ),
    "saved-block-mail": Address(STAFF, args=saved_block, no_page=MAIL),
    "saved-block-delete": Address(
        WRITERS, args=saved_block, get=False, post=lambda cast: {}, changes=lambda cast: SavedBlock.objects.count()
    ),
    "saved-insert": Address(
        WRITERS,
        args=lambda cast: {"pk": linked_block(cast)["pk"]},
        post=lambda cast: {"saved": saved_block(cast)["pk"], "as": "copy"},
        changes=written,
    ),
    "block-keep": Address(
        WRITERS,
        args=first_block,
        post=lambda cast: {"name": "Opening hours"},
        changes=lambda cast: SavedBlock.objects.count(),
        spoil=".form-actions .btn-primary",
    ),
    "block-linked": Address(WRITERS, args=linked_block, post=lambda cast: {"act": "unlink"}, changes=written),
    "campaign-import": Address(
        WRITERS,
        post=lambda cast: {"source": "<p>Hi *|FNAME|*</p>"},
        changes=lambda cast: MailImport.objects.count(),
        spoil=".form-actions button",
    ),
    "campaign-imported": Address(WRITERS, args=brought),
    "campaign-imported-mail": Address(WRITERS, args=brought, no_page=MAIL),
    "campaign-imported-source": Address(WRITERS, args=brought, no_page="a download"),
    "campaign-imported-pictures": Address(
        WRITERS, args=brought, get=False, post=lambda cast: {}, changes=lambda cast: MailImport.objects.get().notes
    ),
    "campaign-download": Address(STAFF, args=lambda cast: draft(cast) | {"kind": "html"}, no_page="a download"),
    "templates": Address(STAFF, args=beside(template), states=(lambda cast: {"query": "?show=archived"},)),
    "starter": Address(STAFF, args=lambda cast: {"key": starters.all()[0].key}),
    "template-mail": Address(STAFF, args=template, no_page=MAIL),
    "template": Address(
        WRITERS,
        args=template,
        post=lambda cast: {"name": "Another name"},
        changes=lambda cast: Campaign.objects.get(pk=template(cast)["pk"]).name,
        spoil=".form-actions .btn",
    ),
    "template-duplicate": Address(WRITERS, args=template, get=False, post=lambda cast: {}, changes=templates),
    "template-archive": Address(
        WRITERS,
        args=template,
        get=False,
        post=lambda cast: {},
        changes=lambda cast: Template.objects.get(pk=template(cast)["pk"]).archived_at,
    ),
    "template-delete": Address(WRITERS, args=template, get=False, post=lambda cast: {}, changes=templates),
    "template-keep": Address(
        WRITERS,
        args=draft,
        post=lambda cast: {"name": "Monthly"},
        changes=templates,
        spoil=".form-actions .btn-primary",
    ),
    "brands": Address(WRITERS, args=beside(other_brand)),
    "brand-new": Address(
        WRITERS,
        post=lambda cast: {"name": "Harbour Shop", "colour": "#aa3300"},
        changes=lambda cast: BrandKit.objects.count(),
        spoil=".form-actions .btn-primary",
    ),
    "brand-sample": Address(WRITERS, no_page=MAIL),
    "brand-words": Address(WRITERS, no_page=FRAGMENT),
    "brand": Address(
        WRITERS,
        args=other_brand,
        post=lambda cast: {"name": "Harbour Shop", "colour": "#aa3300"},
        changes=lambda cast: BrandKit.objects.get(pk=other_brand(cast)["pk"]).colour,
        states=(lambda cast: {"pk": cast.organisation.brand_id},),
    ),
    "brand-default": Address(
        WRITERS,
        args=other_brand,
        get=False,
        post=lambda cast: {},
        changes=lambda cast: Organisation.objects.get().brand_id,
    ),
    "brand-delete": Address(
        WRITERS, args=other_brand, get=False, post=lambda cast: {}, changes=lambda cast: BrandKit.objects.count()
    ),
    "seed-lists": Address(WRITERS, args=beside(seed_list)),
    "seed-list-new": Address(
        WRITERS,
        post=lambda cast: {"name": "First readers", "addresses": "zoe@elsewhere.example\nme@nordlicht.example"},
        changes=lambda cast: SeedList.objects.count(),
        spoil=".form-actions .btn-primary",
    ),
    "seed-list": Address(
        WRITERS,
        args=seed_list,
        post=lambda cast: {"name": "First readers", "addresses": "zoe@elsewhere.example"},
        changes=lambda cast: list(SeedList.objects.values_list("name", "addresses")),
    ),
    "seed-list-delete": Address(
        WRITERS, args=seed_list, get=False, post=lambda cast: {}, changes=lambda cast: SeedList.objects.count()
    ),
    "images": Address(STAFF, args=beside(stage.image)),
    "image-upload": Address(
        WRITERS,
        get=False,
        post=lambda cast: {"picture": stage.picture(), "alt": "Blue"},
        changes=lambda cast: Image.objects.count(),
    ),
    "image": Address(
        WRITERS,
        args=image,
        post=lambda cast: {"name": "Blue", "alt": "Blue"},
        changes=lambda cast: Image.objects.get().alt,
    ),
    "images-move": Address(
        WRITERS,
        get=False,
        post=lambda cast: {"chosen": stage.image(cast).pk, "new_folder": "Spring"},
        changes=lambda cast: Image.objects.get().folder_id,
        args=beside(stage.image),
    ),
    "image-folder": Address(
        WRITERS,
        args=image_folder,
        post=lambda cast: {"name": "Summer"},
        changes=lambda cast: ImageFolder.objects.get().name,
        spoil=".form-actions button",
    ),
    "image-crop": Address(
        WRITERS,
        args=image,
        get=False,
        post=lambda cast: {
            "left": 0,
            "top": 0,
            "width": 9,
            "height": 9,
            "focal_x": 50,
            "focal_y": 50,
            "max_width": 600,
        },
        changes=lambda cast: Image.objects.get().storage_name,
    ),
    "image-replace": Address(
        WRITERS,
        args=image,
        get=False,
        post=lambda cast: {"picture": stage.picture()},
        changes=lambda cast: Image.objects.get().storage_name,
    ),
    "image-delete": Address(
        WRITERS, args=image, get=False, post=lambda cast: {}, changes=lambda cast: Image.objects.count()
    ),
    "picture-play": Address(None, args=lambda cast: {"name": stage.image(cast).storage_name}, no_page="a picture"),
    "calendar-file": Address(None, args=calendar_token, no_page="a file"),
    "picture": Address(None, args=lambda cast: {"name": stage.image(cast).storage_name}, no_page="a picture"),
    "remove-samples": Address(ADMINS, args=beside(stage.sample_campaign), post=lambda cast: {}, changes=count),
}
