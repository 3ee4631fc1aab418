"""A campaign in English, German and French, and people who read them."""

import pytest

from accounts.models import User
from campaigns.content import blocks
from campaigns.models import Campaign
from campaigns.multilingual import changing
from contacts.models import Contact, MailingList
from tests.campaigns import letters

# Name: what they said, what is guessed.
PEOPLE = {
    "Ana": ("", ""),
    "Ben": ("en-GB", "de"),
    "Clara": ("de-AT", ""),
    "Dora": ("", "de"),
    "Emil": ("fr", "de"),
    "Finn": ("ja", ""),
}
READS = {"Ana": "en", "Ben": "en", "Clara": "de", "Dora": "de", "Emil": "fr", "Finn": "en"}
SUBJECTS = {"en": "News for you", "de": "Neues für {{ first_name }}", "fr": "Des nouvelles"}
WORDS = {"de": "Neues aus dem Hafen", "fr": "Des nouvelles du port"}


def people() -> MailingList:
    found = letters.readers(*PEOPLE)
    for name, (said, guessed) in PEOPLE.items():
        who = Contact.objects.filter(email=f"{name.lower()}@example.org")
        who.update(language=said, guessed_language=guessed, guessed_language_from="country" if guessed else "")
    return found


def translated(campaign: Campaign, by: User) -> Campaign:
    """German and French beside its English."""
    for code, said in WORDS.items():
        translation = changing.add(campaign, code, by=by)
        document = blocks.validate(translation.blocks)
        document["blocks"][0]["text"] = said
        document["blocks"][2] |= {"label": said, "url": f"https://nordlicht.example/{code}"}
        Campaign.objects.filter(pk=translation.pk).update(subject=SUBJECTS[code], blocks=document)
    return Campaign.objects.get(pk=campaign.pk)


@pytest.fixture
def campaign(db: None, owner: User) -> Campaign:
    return translated(letters.draft(owner, people()), owner)
