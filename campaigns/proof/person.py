"""One person of a campaign in full: what they had agreed to, what was sent to them, and what came of it."""

from typing import Any

from django.db.models.functions import Lower
from django.utils import timezone

from campaigns.message import editions
from campaigns.models import ProofSheet
from campaigns.proof.document import mail_digest, moment
from campaigns.proof.signing import FORMAT
from contacts.models import ConsentEvent, MailingList
from delivery.models import Batch, Message
from tracking.message_log.messages import Story


def find(batch: Batch, address: str) -> Message | None:
    """The message of this batch to this address, by its index whatever the case."""
    mails = Message.objects.annotate(address=Lower("email")).filter(address=address.strip().lower(), batch=batch)
    return mails.select_related("batch__provider").order_by("id").first() if address.strip() else None


def of_message(sheet: ProofSheet, message: Message) -> dict[str, Any]:
    """Bound to its sheet by the sheet's digest."""
    story = Story(message)
    return {
        "format": FORMAT,
        "kind": "person",
        "sheet": sheet.digest,
        "campaign": {"id": sheet.campaign_id, "name": sheet.campaign.name, "batch": message.batch_id},
        "address": message.email,
        "consent": _consent(story),
        "message": {
            "id": message.pk,
            "state": story.words.text,
            "why": story.words.why,
            "accepted_at": moment(message.accepted_at),
            "provider": str(story.carrier or ""),
            "reply": message.reply or "",
            "tries": message.attempts,
        },
        "mail": _mail(story),
        "tries": [
            {"at": moment(tried.at), "decision": tried.decision, "stage": tried.stage, "reply": tried.reply}
            for tried in story.attempts
        ],
        "came_back": [{"at": moment(said.at), "what": said.label} for said in story.returned],
        "made": {"at": moment(timezone.now())},
    }


def _consent(story: Story) -> list[dict[str, Any]]:
    """Every act, also those after the launch: they say until when."""
    if story.contact is None:
        return []
    names = dict(MailingList.objects.values_list("pk", "name"))
    events = ConsentEvent.objects.filter(contact=story.contact).select_related("by").order_by("at", "id")
    return [
        {
            "at": moment(event.at),
            "kind": event.get_kind_display(),
            "list": names.get(event.list_id, "") if event.list_id else "everything",
            "channel": event.channel,
            "text": event.text,
            "ip": event.ip or "",
            "by": str(event.by or ""),
        }
        for event in events
    ]


def _mail(story: Story) -> dict[str, Any]:
    edition = editions.sent(story.batch.pk, story.version, story.message.language or "")
    if edition is None:
        return {"version": story.version}
    return {"version": edition.version, "subject": edition.subject, "sha256": mail_digest(edition)}
