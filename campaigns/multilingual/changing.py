"""Languages of a draft are added and taken away."""

from django.db import transaction

from accounts import audit
from accounts.models import User
from campaigns.drafts import saving
from campaigns.models import Campaign
from campaigns.multilingual import own_words
from campaigns.sending.launching import NotADraft, copy_of_words
from contacts.guessing import languages

MOST = 30  # besides its own: each is a mail that every worker compiles


class NotPossible(ValueError):
    """Its text may be shown."""


def offered(campaign: Campaign) -> list[tuple[str, str]]:
    """Those that it is not written in yet: code and English name."""
    taken = {campaign.language, *campaign.translations.values_list("language", flat=True)}
    return [(code, name) for code, name in languages.of_mails() if code not in taken]


@transaction.atomic
def add(campaign: Campaign, language: str, *, by: User) -> Campaign:
    """Begin another language with the words that are there. Raises NotADraft, NotPossible."""
    locked = _locked(campaign)
    if language not in dict(offered(locked)):
        raise NotPossible("Choose a language that the mail is not written in yet.")
    if locked.translations.count() >= MOST:
        raise NotPossible(f"A mail has room for {MOST} languages besides its own.")
    made = copy_of_words(locked, locked, language, by=by)
    made.html = own_words.saying_language(made.html, language)
    made.blocks = own_words.of_blocks(made.blocks, locked.language, language)
    made.save(update_fields=["html", "blocks"])
    audit.record(by, "campaign.language_added", locked.name, campaign=locked.pk, language=language)
    return made


@transaction.atomic
def remove(translation: Campaign, *, by: User) -> Campaign:
    """Its words go for good, and who reads that language gets the campaign's own. Raises NotADraft, NotPossible."""
    if translation.translation_of is None:
        raise NotPossible("The language that everybody else gets cannot be removed.")
    locked = _locked(translation.translation_of)
    found = Campaign.objects.select_for_update(of=("self",)).get(pk=translation.pk)
    locked.version += found.version + 1  # no stamp comes twice
    locked.updated_by = by
    locked.save(update_fields=["version", "updated_by", "updated_at"])
    audit.record(by, "campaign.language_removed", locked.name, campaign=locked.pk, language=found.language)
    found.delete()
    return locked


def write_in(campaign: Campaign, language: str, *, by: User) -> Campaign:
    """Say which language the campaign's own words are in. Raises NotADraft, NotPossible."""
    if language not in dict(languages.of_mails()):
        raise NotPossible("Choose a language from the list.")
    if campaign.translation_of_id or campaign.revision_of_id:
        raise NotPossible("Its language stays as it is.")

    def write(draft: Campaign) -> None:
        if draft.translations.filter(language=language).exists():
            raise NotPossible(f"It is written in {languages.name_of(language)} besides. Remove that language first.")
        draft.language = language

    return saving.save(campaign.pk, write, by=by, version=None)


def _locked(campaign: Campaign) -> Campaign:
    found = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if not found.is_draft:
        raise NotADraft
    if found.translation_of_id or found.revision_of_id:
        raise NotPossible("A new version keeps the languages in which it was launched.")
    return found
