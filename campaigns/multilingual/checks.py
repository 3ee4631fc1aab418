"""What preflight says of a translation beside what it says of any mail."""

from collections.abc import Iterator
from typing import Any

from campaigns.content import blocks
from campaigns.models import Campaign
from campaigns.multilingual import own_words
from campaigns.preflight.findings import Finding
from contacts.guessing import languages


def check(translation: Campaign) -> Iterator[Finding]:
    whole, cure = translation.translation_of, f"Write it in {languages.name_of(translation.language)}."
    if whole is None:
        return
    if translation.subject.strip() and translation.subject.strip() == whole.subject.strip():
        text = "The subject is still that of the default language."
        yield Finding("warn", "untranslated-subject", text, cure, "subject")
    if _mail(translation) == _mail(whole):
        text = "The mail is still that of the default language, word for word."
        yield Finding("warn", "untranslated-mail", text, cure, "content")
    yield from _language(translation)


def _language(translation: Campaign) -> Iterator[Finding]:
    """A mail of blocks says its language by itself."""
    if translation.content_kind != Campaign.ContentKind.HTML:
        return
    said = own_words.language_said(translation.html)
    if not languages.picked(said, [translation.language]) and not languages.picked(translation.language, [said]):
        text = f"The HTML says that it is in “{said[:12]}”." if said else "The HTML does not say its language."
        cure = f'Begin it with <html lang="{translation.language}">, by which programs read it aloud.'
        yield Finding("warn", "other-language", text, cure, "content")


def _mail(campaign: Campaign) -> Any:
    """Its words, without those that are ours."""
    if campaign.content_kind == Campaign.ContentKind.HTML:
        return own_words.saying_language(campaign.html, "")
    written = blocks.words(blocks.validate(campaign.blocks or blocks.empty()))
    return [str(block[field.name]) for block, field in written if block["kind"] not in own_words.KINDS]
