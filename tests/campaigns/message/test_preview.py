"""The preview is the mail that person gets, with tracking undone."""

import re
from email import message_from_bytes, policy

from accounts.models import Organisation
from campaigns.content import blocks
from campaigns.message import editions
from campaigns.message.preview import merge_values, preview, without_pictures
from campaigns.models import Campaign
from contacts.models import Contact
from delivery import tokens
from delivery.content import Recipient
from delivery.models import Batch, Provider
from tests.campaigns.mails import BASE, letter
from tracking.models import Link


def campaign(**changes: object) -> Campaign:
    words: dict[str, object] = {
        "name": "March",
        "subject": 'News for {{ first_name|default("you") }}',
        "preheader": "Hello {{ first_name }}",
        "sender_name": "Nordlicht",
        "sender_email": "news@nordlicht.example",
        "blocks": letter(),
    }
    return Campaign.objects.create(**{**words, **changes})


def untracked(html: str) -> str:
    """Tracked links mapped back to their targets, as a reader's click would be; pixel and hidden link left out."""

    def target(match: re.Match[str]) -> str:
        numbers = tokens.read(tokens.CLICK, match[1])
        assert numbers is not None
        return Link.objects.get(pk=numbers[1]).url

    html = re.sub(rf'<table [^>]*><tr><td background="{BASE}/o/.*?<!\[endif\]-->', "", html)
    html = re.sub(r'<a style="display:none;[^>]*></a>', "", html)
    html = re.sub(rf"{BASE}/c/([\w.-]+)", lambda match: target(match).replace("&", "&amp;"), html)
    return re.sub(rf"{BASE}/u/[\w-]+", "UNSUBSCRIBE", html)


def test_preview_equals_what_that_contact_receives(organisation: Organisation) -> None:
    written = campaign()
    ana = Contact.objects.create(email="ana@example.org", first_name="Ána <3", attributes={"city": "São Paulo & co"})
    shown = preview(written, ana)
    edition = editions.freeze(written)
    edition.save()
    provider = Provider.objects.sandbox()
    batch = Batch.objects.create(content_kind="edition", content_id=edition.pk, rehearsal=True, provider=provider)
    editions.freeze_links(edition, batch)
    recipient = Recipient(12, ana.pk, ana.email, merge_values(ana), opens=True, clicks=True)
    raw = editions.load_edition(batch).build(recipient)
    message = message_from_bytes(raw, policy=policy.default)
    part = message.get_body(("html",))
    assert part is not None
    html = part.get_content().replace("\r\n", "\n")
    assert untracked(html) == untracked(shown.html)
    assert shown.subject == message["subject"] == "News for Ána <3"
    assert shown.preheader == "Hello Ána <3"
    assert shown.sender == message["from"]
    assert "Ána &lt;3" in shown.html
    assert abs(shown.html_bytes - len(html.encode())) < 500


def test_preview_tracks_nothing(organisation: Organisation) -> None:
    shown = preview(campaign(), None)
    assert "/o/" not in shown.html
    assert "/c/" not in shown.html
    token = shown.html.partition(f"{BASE}/u/")[2].partition('"')[0]
    assert tokens.read(tokens.UNSUBSCRIBE, token) == (0, 0)


def test_unfinished_mail_is_shown_as_far_as_it_goes(organisation: Organisation) -> None:
    shown = preview(campaign(subject="", preheader="", sender_email="", sender_name="", blocks={}), None)
    assert shown.problem == ""
    assert "Write here." in shown.html


def test_broken_mail_says_why_it_cannot_be_shown(organisation: Organisation) -> None:
    for changes in (
        {"subject": "{{ first_name.x }}"},
        {"blocks": {"blocks": [{"kind": "heading", "text": "{% if a %}"}]}},
        {"blocks": {"blocks": [{"kind": "nonsense"}]}},
        {"content_kind": "html", "html": " "},
        {"content_kind": "html", "html": "<p>{{ a|nope }}</p>"},
    ):
        shown = preview(campaign(**changes), None)
        assert shown.problem
        assert "No preview yet" in shown.html


def test_text_written_by_hand_wins(organisation: Organisation) -> None:
    shown = preview(campaign(text="By hand, {{ first_name|default('you') }}: {{ unsubscribe_url }}"), None)
    assert shown.text.startswith(f"By hand, you: {BASE}/u/")


def test_block_document_is_completed_before_it_is_shown(organisation: Organisation) -> None:
    assert blocks.empty()["blocks"]
    assert "Read more" in preview(campaign(blocks={"blocks": [{"kind": "button", "url": "https://x.test"}]}), None).html


def test_preview_says_what_a_tag_of_another_system_is_in_our_words(organisation: Organisation) -> None:
    shown = preview(campaign(subject="For {{ contact.FIRSTNAME }}"), None)
    assert "“{{ contact.FIRSTNAME }}” in the subject is a merge tag of Brevo" in shown.problem
    assert shown.problem.endswith("In our words: {{ first_name }}")


def test_mail_without_pictures_asks_for_none_and_says_what_they_show() -> None:
    page = """<picture><source srcset='a.png 2x'><img src="https://x.test/a.png" alt="see src=b" width=600></picture>
        <img SRC=b><p>src="c"</p><!-- <img src="d"> -->"""
    assert without_pictures(page) == (
        """<picture><source srcset=""><img src="" alt="see src=b" width=600></picture>
        <img SRC=""><p>src="c"</p><!-- <img src="d"> -->"""
    )
