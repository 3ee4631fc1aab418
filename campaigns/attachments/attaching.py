"""Taking files in, and giving a link instead."""

import secrets
from collections.abc import Iterable
from typing import IO

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import audit
from accounts.models import Organisation, User
from accounts.pictures import files
from campaigns.attachments import allowed, freezing, weight
from campaigns.attachments.allowed import Refused
from campaigns.attachments.models import Attachment
from campaigns.content import calendar_files
from campaigns.message import preview
from campaigns.models import Campaign, Edition

MOST_BYTES = 10_000_000  # of one file
MOST_OF_A_MAIL = 20_000_000  # encoded: beyond it mailboxes refuse, whatever the provider takes
MOST_FILES = 10
_FOLDER = "attachments"
CALENDAR_TYPE = "text/calendar"
_NOT_A_DRAFT = "This campaign has been launched or deleted meanwhile, so its files stay as they are."


def add(campaign: Campaign, uploaded: IO[bytes], name: str, *, is_linked: bool, by: User) -> Attachment:
    """Raises Refused."""
    data = uploaded.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Refused(f"This file is larger than {MOST_BYTES // 1_000_000} MB. Make it smaller and try again.")
    name = allowed.clean_name(name)
    media_type = allowed.media_type(name, data)
    _check_room(campaign, 0 if is_linked else len(data))
    path = files.kept().save(f"{_FOLDER}/{secrets.token_urlsafe(16)}", ContentFile(data))
    try:
        with transaction.atomic():  # storing may take a while, during which nobody waits
            locked = _draft(campaign.pk)
            _check_room(locked, 0 if is_linked else len(data))
            made = Attachment.objects.create(
                campaign=locked,
                name=name,
                media_type=media_type,
                size_bytes=len(data),
                path=path,
                is_linked=is_linked,
                public_name=secrets.token_urlsafe(16) if is_linked else "",
                created_by=by,
            )
            audit.record(by, "campaign.file_added", locked.name, campaign=locked.pk, file=name, linked=is_linked)
    except Exception:
        files.delete(path)
        raise
    return made


@transaction.atomic
def add_event(campaign: Campaign, block: str, *, by: User) -> Attachment:
    """The calendar file of one of the mail's events. Raises Refused."""
    campaign = _draft(campaign.pk)
    event = freezing.events(campaign).get(block)
    if event is None:
        raise Refused("That event is no longer there, or has no day yet.")
    if found := Attachment.objects.filter(campaign=campaign, event=block).first():
        return found
    size = len(calendar_files.file(event, timezone.now()))
    _check_room(campaign, size)
    name = allowed.as_name(f"{event.title or 'Event'}.ics")
    return Attachment.objects.create(
        campaign=campaign, name=name, media_type=CALENDAR_TYPE, size_bytes=size, event=block, created_by=by
    )


@transaction.atomic
def give_link(attachment: Attachment, *, is_linked: bool) -> None:
    """Out of the mail behind a link, or into it again. Raises Refused."""
    _draft(attachment.campaign_id)
    _read_again(attachment)
    if is_linked and not attachment.path:
        raise Refused("The calendar file of an event has a link in its block already.")
    if attachment.is_linked and not is_linked:
        _check_room(attachment.campaign, attachment.size_bytes, is_new=False)
    attachment.is_linked = is_linked
    attachment.public_name = attachment.public_name or secrets.token_urlsafe(16)
    attachment.save(update_fields=["is_linked", "public_name"])


@transaction.atomic
def remove(attachment: Attachment, *, by: User) -> int:
    """Its link leads nowhere from now on, whichever copy of the campaign has it: returns in how many others it was.

    Mails that were sent keep what is in them. Raises Refused.
    """
    ids = {attachment.campaign_id, *sharing(attachment).values_list("campaign", flat=True)}
    # What is written for a paused campaign before that campaign, as where it takes its place.
    locked = {one.pk: one for one in Campaign.objects.select_for_update().filter(pk__in=ids).order_by("-pk")}
    _read_again(attachment)
    campaign = locked.get(attachment.campaign_id)
    if campaign is None or not (attachment.is_linked or campaign.is_draft):
        raise Refused(_NOT_A_DRAFT)
    list(sharing(attachment).select_for_update())  # once none of them is being copied, all are there
    others = list(sharing(attachment).select_related("campaign"))
    for one in (attachment, *others):
        audit.record(by, "campaign.file_removed", one.campaign.name, campaign=one.campaign_id, file=one.name)
    if attachment.is_linked:
        Attachment.objects.filter(public_name=attachment.public_name, is_linked=False).update(public_name="")
    Attachment.objects.filter(pk__in=[one.pk for one in (attachment, *others)]).delete()
    _forget([attachment.path])
    return len({one.campaign_id for one in others})


def sharing(attachment: Attachment) -> QuerySet[Attachment]:
    """The same link in other campaigns, of which one is a copy of the other."""
    if not attachment.is_linked or not attachment.public_name:
        return Attachment.objects.none()
    return Attachment.objects.filter(public_name=attachment.public_name, is_linked=True).exclude(pk=attachment.pk)


def remove_all(campaigns: QuerySet[Campaign]) -> None:
    """Before these are deleted, and what is being written to take their place with them."""
    whose = Q(campaign__in=campaigns) | Q(campaign__revision_of__in=campaigns)
    found = Attachment.objects.filter(whose)
    frozen = Edition.objects.filter(whose).exclude(attachments=[]).values_list("attachments", flat=True)
    paths = {*found.values_list("path", flat=True), *(one.get("path", "") for kept in frozen for one in kept)}
    found.delete()
    _forget(paths)


@transaction.atomic
def copy(campaign: Campaign, to: Campaign) -> None:
    for attachment in Attachment.objects.filter(campaign=campaign).select_for_update(of=("self",)):
        attachment.pk, attachment._state.adding, attachment.campaign = None, True, to
        attachment.save()


def move(campaign: Campaign, to: Campaign) -> None:
    """In place of what it had; links of mails that were sent go on leading to their files."""
    replaced = Attachment.objects.filter(campaign=to, is_linked=False)
    _forget(list(replaced.values_list("path", flat=True)))
    replaced.delete()
    here = set(Attachment.objects.filter(campaign=to).values_list("public_name", flat=True))
    for attachment in Attachment.objects.filter(campaign=campaign):
        if attachment.is_linked and attachment.public_name in here:
            continue
        attachment.campaign = to
        attachment.save(update_fields=["campaign"])


def address(organisation: Organisation | None, attachment: Attachment) -> str:
    return f"{organisation.public_address if organisation else ''}/d/{attachment.public_name}"


def _draft(campaign: int) -> Campaign:
    """Locked: no launch goes on beside, and none freezes what is about to change. Raises Refused."""
    locked = Campaign.objects.select_for_update().filter(pk=campaign).first()
    if locked is None or not locked.is_draft:
        raise Refused(_NOT_A_DRAFT)
    return locked


def _read_again(attachment: Attachment) -> None:
    """As it is now that its campaign is locked. Raises Refused."""
    try:
        attachment.refresh_from_db(from_queryset=Attachment.objects.select_for_update())
    except Attachment.DoesNotExist:
        raise Refused("Somebody has removed that file already.") from None


def _check_room(campaign: Campaign, size_bytes: int, *, is_new: bool = True) -> None:
    there = Attachment.objects.filter(campaign=campaign)
    if is_new and there.count() >= MOST_FILES:
        raise Refused(f"A campaign has at most {MOST_FILES} files. Remove one first.")
    sizes = [*there.filter(is_linked=False).values_list("size_bytes", flat=True), size_bytes]
    if size_bytes and (whole := weight.of_mail(sizes, preview.bytes_sent(campaign))) > MOST_OF_A_MAIL:
        most = weight.in_words(MOST_OF_A_MAIL)
        raise Refused(
            f"With it a mail would have {weight.in_words(whole)}, and mailboxes refuse more than {most}. "
            "Give a link to it instead."
        )


def _forget(paths: Iterable[str]) -> None:
    """Files that neither a campaign nor a frozen mail needs any more, once that is certain."""

    def delete() -> None:
        for path in filter(None, paths):
            is_kept = Attachment.objects.filter(path=path).exists()
            if not is_kept and not Edition.objects.filter(attachments__contains=[{"path": path}]).exists():
                files.delete(path)

    transaction.on_commit(delete, robust=True)
