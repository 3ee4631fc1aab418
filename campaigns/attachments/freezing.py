"""What of a campaign's files a launch freezes."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import Organisation
from campaigns.attachments.models import Attachment
from campaigns.content import calendar_files
from campaigns.content.blocks.cards import event_of
from campaigns.content.calendar_files import Event
from campaigns.drafts.words import blocks_of
from campaigns.models import Campaign


def events(campaign: Campaign) -> dict[str, Event]:
    """Those of the mail that have a day, by the id of their block; merge tags are left out."""
    zone = Organisation.zone()
    found = [(block["id"], event_of(block, zone)) for block in blocks_of(campaign) if block["kind"] == "event"]
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
