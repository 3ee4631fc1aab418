"""Whoever reads a language as a country has it gets that one, else the language itself, and never another script."""

import pytest

from accounts.models import User
from campaigns.models import Campaign
from campaigns.multilingual import changing, checks, shares
from campaigns.sending import launching
from contacts import audience
from contacts.guessing import languages
from contacts.models import Contact
from delivery.models import Message
from tests.campaigns import letters
from tests.campaigns.multilingual.test_sending import built

pytestmark = pytest.mark.django_db

# What somebody reads, the languages beside English, and which of them they get ("": the default).
CASES = [
    ("pt-BR", ("pt",), "pt"),
    ("pt-BR", ("pt", "pt-BR"), "pt-BR"),
    ("pt-PT", ("pt", "pt-BR"), "pt"),
    ("pt", ("pt-BR",), ""),
    ("pt-PT", ("pt-BR",), ""),
    ("fr-CA", ("fr",), "fr"),
    ("fr-CA", ("fr-CH",), ""),
    ("de-AT", ("de-CH", "de"), "de"),
    ("zh-TW", ("zh",), ""),
    ("zh-HK", ("zh",), ""),
    ("zh-TW", ("zh", "zh-Hant"), "zh-Hant"),
    ("zh-Hant", ("zh", "zh-Hant"), "zh-Hant"),
    ("zh-CN", ("zh", "zh-Hant"), "zh"),
    ("zh", ("zh-Hant",), ""),
    ("EN-gb", ("en-GB",), "en-GB"),
    ("en-US", ("en-GB",), ""),
    ("", ("pt",), ""),
]


@pytest.mark.parametrize(("reads", "others", "gets"), CASES)
def test_check_preview_test_mail_and_launch_agree(reads: str, others: tuple[str, ...], gets: str, owner: User) -> None:
    draft = letters.draft(owner, letters.readers("Ana", "Ben"))
    for code in others:
        changing.add(draft, code, by=owner)
    Contact.objects.filter(first_name="Ana").update(language=reads)
    Contact.objects.filter(first_name="Ben").update(language="ja", guessed_language="pt")
    draft, ana = Campaign.objects.get(pk=draft.pk), Contact.objects.get(first_name="Ana")
    wanted = gets or "en"
    assert languages.picked(reads, ("en", *others)) in (wanted, "" if wanted == "en" else wanted)
    assert draft.as_read_by(ana).language == wanted
    counted = {share.language.code: share.people for share in shares.count(draft)}
    assert counted[wanted] == (2 if wanted == "en" else 1)
    assert sum(counted.values()) == 2
    for one in (draft, *draft.in_other_languages()):
        assert (ana in audience.sample(one.readers(), 9)) == (one.language == wanted)
    batch = launching.launch(draft, by=owner)
    built(batch)
    assert Message.objects.get(batch=batch, contact_id=ana.pk).language == wanted


def test_who_gets_which_says_who_reads_what_else(owner: User) -> None:
    draft = letters.draft(owner, letters.readers("Ana", "Ben", "Clara", "Dora", "Emil"))
    changing.add(draft, "pt", by=owner)
    for name, reads in {"Ana": "pt-BR", "Ben": "pt-BR", "Clara": "pt", "Dora": "zh-Hant"}.items():
        Contact.objects.filter(first_name=name).update(language=reads)
    found = {share.language.code: (share.people, share.also) for share in shares.count(draft)}
    assert found == {
        "en": (2, (("Chinese (Traditional)", 1),)),
        "pt": (3, (("Portuguese (Brazil)", 2),)),
    }


def test_languages_of_a_country_are_offered(owner: User) -> None:
    draft = letters.draft(owner)
    offered = dict(changing.offered(draft))
    assert offered["pt-BR"] == "Portuguese (Brazil)"
    assert (offered["zh"], offered["zh-Hant"]) == ("Chinese (Simplified)", "Chinese (Traditional)")
    made = changing.add(draft, "pt-BR", by=owner)
    assert "pt-BR" not in dict(changing.offered(draft))
    footer = next(block for block in made.blocks["blocks"] if block["kind"] == "footer")
    assert footer["label"] != "Unsubscribe", "our own words are Portuguese"


@pytest.mark.parametrize(
    ("language", "said", "is_named"),
    [
        ("pt-BR", "pt-BR", False),
        ("pt-BR", "pt", False),
        ("de", "de-AT", False),
        ("zh-Hant", "zh-TW", False),
        ("zh-Hant", "zh", True),
    ],
)
def test_html_that_says_its_language_otherwise_is_named(language: str, said: str, is_named: bool, owner: User) -> None:
    draft = letters.draft(owner, content_kind="html", html="<html><body><p>Hi</p></body></html>")
    made = changing.add(draft, language, by=owner)
    made.html = f'<html lang="{said}"><body><p>Oi</p></body></html>'
    assert ("other-language" in [one.code for one in checks.check(made)]) == is_named


def test_a_traditional_script_is_told_from_a_browser_and_a_file() -> None:
    assert languages.of_browser("zh-TW,zh;q=0.9,en;q=0.8") == "zh-Hant"
    assert languages.of_browser("zh-CN,zh;q=0.9") == "zh"
    assert [languages.find(one) for one in ("zh-Hant", "zh_TW", "zh-Hans", "pt-br")] == [
        "zh-Hant",
        "zh-TW",
        "zh",
        "pt-BR",
    ]
