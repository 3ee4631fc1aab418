"""A draft that asks people to agree for good, while they may still be written to."""

from html import escape

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Organisation, User
from accounts.wording import day
from campaigns.content import blocks
from campaigns.models import Campaign
from contacts.grounds.expiring import WARNED_AHEAD
from contacts.models import MailingList, Segment
from contacts.segments import rules
from contacts.segments.rules import Group, Match, Rule


@transaction.atomic
def draft(mailing_list: MailingList, *, by: User) -> Campaign:
    """To those on the list whose consent ends soon, with the link on which they say yes. Nothing is sent yet."""
    organisation = Organisation.get()
    today = timezone.localdate()
    sender = (mailing_list.sender_name, mailing_list.sender_email)
    if not mailing_list.sender_email and organisation:
        sender = (organisation.sender_name, organisation.sender_email)
    campaign = Campaign.objects.create(
        name=f"Ask to agree, {day(today, today)}: {mailing_list.name}"[:200],
        subject="Do you want to go on hearing from us?",
        preheader="One click, and everything stays as it is.",
        sender_name=sender[0],
        sender_email=sender[1],
        created_by=by,
        updated_by=by,
        blocks=blocks.validate(_document(mailing_list.name_for_recipients)),
    )
    campaign.lists.add(mailing_list)
    campaign.segments.add(_ending(mailing_list, by))
    audit.record(by, "campaign.created", campaign.name, campaign=campaign.pk, list=mailing_list.pk)
    return campaign


def _ending(mailing_list: MailingList, by: User) -> Segment:
    """The same segment each time: who is in it is asked when the mail is sent."""
    group = Group(Match.ALL, (Rule("consent-ends", {"days": str(WARNED_AHEAD.days), "list": str(mailing_list.pk)}),))
    name = f"Consent ends soon: {mailing_list.name}"[:120]
    found, _ = Segment.objects.get_or_create(name=name, defaults={"rules": rules.write(group), "created_by": by})
    if found.rules != rules.write(group):
        found = Segment.objects.create(
            name=f"{name[:100]} ({timezone.now():%d.%m. %H:%M:%S})", rules=rules.write(group), created_by=by
        )
    return found


def _document(name: str) -> dict[str, object]:
    plain = escape(name.replace("{", "(").replace("}", ")"))  # a name is no merge tag
    words = (
        '<p>Dear {{ first_name|default("there") }},</p>'
        f"<p>you get “{plain}” from us because you bought from us or wrote to us. That permission ends soon, and"
        " then our mail ends, too.</p><p>If you would like to go on reading it, say so on the page behind the button."
        " If not, you need not do anything.</p>"
    )
    return {
        "version": 1,
        "blocks": [
            {"id": "b1", "kind": "spacer", "height": 20},
            {"id": "b2", "kind": "text", "html": words},
            {"id": "b3", "kind": "button", "label": "Yes, keep me posted", "url": "{{ preferences_url }}"},
            {"id": "b4", "kind": "spacer", "height": 12},
            {
                "id": "b5",
                "kind": "footer",
                "html": "",
                "label": "Unsubscribe",
                "view": "View in browser",
                "preferences": "Choose what you get",
            },
        ],
        "style": {},
    }
