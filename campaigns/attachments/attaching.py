"""Taking files in, giving a link instead, and what of them a launch freezes."""

import secrets
from datetime import datetime
from typing import IO, Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Organisation, User
from accounts.pictures import files
from campaigns.attachments import allowed, weight
from campaigns.attachments.allowed import Refused
from campaigns.attachments.models import Attachment
from campaigns.content import blocks, calendar_files
from campaigns.content.blocks import Block
from campaigns.content.blocks.cards import event_of
from campaigns.content.calendar_files import Event
from campaigns.models import Campaign, Edition

MOST_BYTES = 10_000_000  # of one file
MOST_OF_A_MAIL = 20_000_000  # encoded: beyond it mailboxes refuse, whatever the provider takes
MOST_FILES = 10
_FOLDER = "attachments"
CALENDAR_TYPE = "text/calendar"


@transaction.atomic
def add(campaign: Campaign, uploaded: IO[bytes], name: str, *, is_linked: bool, by: User) -> Attachment:
    """Raises Refused."""
    data = uploaded.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Refused(f"This file is larger than {MOST_BYTES // 1_000_000} MB. Make it smaller and try again.")
    name = allowed.clean_name(name)
    media_type = allowed.media_type(name, data)
    _check_room(campaign, 0 if is_linked else len(data))
    path = files.kept().save(f"{_FOLDER}/{secrets.token_urlsafe(16)}", ContentFile(data))
    made = Attachment.objects.create(
        campaign=campaign,
        name=name,
        media_type=media_type,
        size_bytes=len(data),
        path=path,
        is_linked=is_linked,
        public_name=secrets.token_urlsafe(16) if is_linked else "",
        created_by=by,
    )
    audit.record(by, "campaign.file_added", campaign.name, campaign=campaign.pk, file=name, linked=is_linked)
    return made


@transaction.atomic
def add_event(campaign: Campaign, block: str, *, by: User) -> Attachment:
    """The calendar file of one of the mail's events. Raises Refused."""
    event = events(campaign).get(block)
    if event is None:
        raise Refused("That event is no longer there, or has no day yet.")
    if found := Attachment.objects.filter(campaign=campaign, event=block).first():
        return found
    size = len(calendar_files.file(event, timezone.now()))
    _check_room(campaign, size)
    name = allowed.clean_name(f"{event.title or 'Event'}.ics")
    return Attachment.objects.create(
        campaign=campaign, name=name, media_type=CALENDAR_TYPE, size_bytes=size, event=block, created_by=by
    )


@transaction.atomic
def give_link(attachment: Attachment, *, is_linked: bool) -> None:
    """Out of the mail behind a link, or into it again. Raises Refused."""
    if is_linked and not attachment.path:
        raise Refused("The calendar file of an event has a link in its block already.")
    if attachment.is_linked and not is_linked:
        _check_room(attachment.campaign, attachment.size_bytes, is_new=False)
    attachment.is_linked = is_linked
    attachment.public_name = attachment.public_name or secrets.token_urlsafe(16)
    attachment.save(update_fields=["is_linked", "public_name"])


@transaction.atomic
def remove(attachment: Attachment, *, by: User) -> None:
    """Its link leads nowhere from now on; mails that were sent keep what is in them."""
    path, campaign = attachment.path, attachment.campaign
    attachment.delete()
    audit.record(by, "campaign.file_removed", campaign.name, campaign=campaign.pk, file=attachment.name)
    _forget([path])


def remove_all(campaign: Campaign) -> None:
    """Before a draft is deleted."""
    found = Attachment.objects.filter(campaign=campaign)
    paths = list(found.values_list("path", flat=True))
    found.delete()
    _forget(paths)


def copy(campaign: Campaign, to: Campaign) -> None:
    for attachment in Attachment.objects.filter(campaign=campaign):
        attachment.pk, attachment._state.adding, attachment.campaign = None, True, to
        attachment.save()


def move(campaign: Campaign, to: Campaign) -> None:
    """In place of what it had; links of mails that were sent go on leading to their files."""
    Attachment.objects.filter(campaign=to, is_linked=False).delete()
    here = set(Attachment.objects.filter(campaign=to).values_list("public_name", flat=True))
    for attachment in Attachment.objects.filter(campaign=campaign):
        if attachment.is_linked and attachment.public_name in here:
            continue
        attachment.campaign = to
        attachment.save(update_fields=["campaign"])


def address(organisation: Organisation | None, attachment: Attachment) -> str:
    return f"{organisation.public_address if organisation else ''}/d/{attachment.public_name}"


def events(campaign: Campaign) -> dict[str, Event]:
    """Those of the mail that have a day, by the id of their block; merge tags are left out."""
    if campaign.content_kind != Campaign.ContentKind.BLOCKS:
        return {}
    organisation = Organisation.get()
    zone = organisation.time_zone if organisation else "UTC"
    found = [
        (block["id"], event_of(block, zone))
        for block in blocks.walk(blocks.validate(campaign.blocks or blocks.empty()))
        if _is_event(block)
    ]
    return {block: calendar_files.plain(event) for block, event in found if event is not None}


def frozen(campaign: Campaign, now: datetime | None = None) -> list[dict[str, Any]]:
    """As an edition keeps them: a name, a type, and a path or the words of a calendar file."""
    whole = campaign.translation_of or campaign  # whose files go along in every language
    attached = list(Attachment.objects.filter(campaign=whole, is_linked=False)) if whole.pk else []
    found = events(campaign) if any(one.event for one in attached) else {}
    kept: list[dict[str, Any]] = []
    for one in attached:
        if one.path:
            kept.append({"name": one.name, "type": one.media_type, "path": one.path, "size": one.size_bytes})
        elif one.event in found:
            text = calendar_files.file(found[one.event], now or timezone.now()).decode()
            kept.append({"name": one.name, "type": one.media_type, "text": text, "size": len(text.encode())})
    return kept


def _is_event(block: Block) -> bool:
    return bool(block["kind"] == "event")


def _check_room(campaign: Campaign, size_bytes: int, *, is_new: bool = True) -> None:
    there = Attachment.objects.filter(campaign=campaign)
    if is_new and there.count() >= MOST_FILES:
        raise Refused(f"A campaign has at most {MOST_FILES} files. Remove one first.")
    sizes = [*there.filter(is_linked=False).values_list("size_bytes", flat=True), size_bytes]
    if size_bytes and (whole := weight.of_mail(sizes)) > MOST_OF_A_MAIL:
        most = weight.in_words(MOST_OF_A_MAIL)
        raise Refused(
            f"With it a mail would have {weight.in_words(whole)}, and mailboxes refuse more than {most}. "
            "Give a link to it instead."
        )


def _forget(paths: list[str]) -> None:
    """Files that neither a campaign nor a frozen mail needs any more, once that is certain."""

    def delete() -> None:
        for path in filter(None, paths):
            is_kept = Attachment.objects.filter(path=path).exists()
            if not is_kept and not Edition.objects.filter(attachments__contains=[{"path": path}]).exists():
                files.delete(path)

    transaction.on_commit(delete)
