"""Lists, people and drafts that could go out."""

from typing import Any

from accounts.models import User
from campaigns.content import blocks
from campaigns.models import Campaign
from contacts import consent
from contacts.models import Contact, MailingList

DOCUMENT = {
    "blocks": [
        {"kind": "heading", "text": 'Hello {{ first_name|default("you") }}'},
        {"kind": "text", "html": "<p>News from the harbour.</p>"},
        {"kind": "button", "label": "Read on", "url": "https://nordlicht.example/news"},
        {"kind": "footer"},
    ]
}


def readers(*names: str, list_name: str = "Readers") -> MailingList:
    found, _ = MailingList.objects.get_or_create(name=list_name)
    for name in names:
        contact, _ = Contact.objects.get_or_create(email=f"{name.lower()}@example.org", defaults={"first_name": name})
        consent.subscribe(contact, lists=[found.pk], channel="hand")
    return found


def draft(by: User, *lists: MailingList, **changes: Any) -> Campaign:
    """Finished: nothing blocks its launch but an empty list."""
    words: dict[str, Any] = {
        "name": "Harbour news",
        "sender_name": "Nordlicht Books",
        "sender_email": "news@nordlicht.example",
        "subject": "News for you",
        "preheader": "What the tide brought in",
        "blocks": blocks.validate(DOCUMENT),
        "created_by": by,
        "updated_by": by,
    }
    campaign = Campaign.objects.create(**words | changes)
    campaign.lists.set(lists)
    return campaign
