"""What is too much for a mail is refused when it is saved, and the answer names the limit."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from campaigns.compiling import results
from campaigns.content import bounds
from campaigns.content.html import Unusable
from campaigns.content.inlining import comments
from campaigns.models import Campaign
from tests.campaigns import letters

Browse = Callable[[User], Client]

TOO_MUCH = [
    ("<p>" + "é" * 150_000, "The HTML has 300,003 bytes; a mail may have 300,000."),
    ("<style>" + "a{}" * 70_000 + "</style>", "The style sheet has 210,000 bytes; a mail may have 200,000."),
    ("<p>{{ a" + "|upper" * 60 + " }}", "A merge tag may have 100 words and signs"),
    ("<p>" + "{% if a %}" * 41 + "{% endif %}" * 41, "40 levels deep"),
    ("<p>" + "{% if a %}{% endif %}" * 2_001, "2,000 if, elif and for"),
    ("<p>Hello \ue000", "Remove the character U+E000"),
    ("<p>Hello \ue002", "behind “<p>Hello”"),
]


@pytest.mark.parametrize(("page", "words"), TOO_MUCH)
def test_page_that_is_too_much_is_refused_when_it_is_saved(
    client_for: Browse, marketer: User, page: str, words: str
) -> None:
    campaign = letters.draft(marketer)
    saved = client_for(marketer).post(
        reverse("campaign-save", args=[campaign.pk, "html"]),
        {"html": page, "version": campaign.version},
        headers={"Accept": "application/json"},
    )
    assert saved.status_code == 422
    assert words in saved.json()["errors"]["html"]
    campaign.refresh_from_db()
    assert campaign.html == ""


@pytest.mark.parametrize(("page", "words"), TOO_MUCH)
def test_draft_from_before_the_limits_is_a_finding(page: str, words: str) -> None:
    with pytest.raises(Unusable) as problem:
        results.of_html(page, "")
    assert words in str(problem.value)


def test_page_at_the_limit_is_taken() -> None:
    assert bounds.problem_of_html("<p>" + "x" * 299_997) == ""


def test_merge_tag_that_is_not_right_yet_is_saved_all_the_same() -> None:
    assert bounds.problem_of_html("<p>{{ first name }} {% if") == ""


@pytest.mark.parametrize("card", ["subject", "text"])
def test_other_words_keep_the_limits_too(client_for: Browse, marketer: User, card: str) -> None:
    campaign = letters.draft(marketer)
    saved = client_for(marketer).post(
        reverse("campaign-save", args=[campaign.pk, card]),
        {card: "{{ a" + "|url" * 60 + " }}", "version": campaign.version},
        headers={"Accept": "application/json"},
    )
    assert saved.status_code == 422
    assert "100 words and signs" in saved.json()["errors"][card]


def test_block_that_is_too_much_is_refused(client_for: Browse, marketer: User) -> None:
    campaign = letters.draft(marketer)
    block = next(block["id"] for block in campaign.blocks["blocks"] if block["kind"] == "text")
    for words, said in (("Hello \ue001", "U+E001"), ("{{ a" + "|upper" * 60 + " }}", "100 words")):
        saved = client_for(marketer).post(
            reverse("block-save", args=[campaign.pk, block]), {"html": words}, headers={"Accept": "application/json"}
        )
        assert saved.status_code == 422
        assert said in saved.json()["errors"][""]
    assert Campaign.objects.get(pk=campaign.pk).blocks == campaign.blocks


@pytest.mark.parametrize(
    ("css", "plain"),
    [
        ("a/* one */{/**/color:red}/* open {", "a{color:red}"),
        (".a/* */.b { margin: 1px/**/2px }", ".a.b { margin: 1px/**/2px }"),
        ("a { content: '/* no */' } /* gone */ b {}", "a { content: '/* no */' }  b {}"),
        ('a { content: "open /* ', 'a { content: "open /* '),
        ("a { margin: 0 }", "a { margin: 0 }"),
    ],
)
def test_css_parser_meets_no_comment_that_says_something(css: str, plain: str) -> None:
    assert comments.without(css) == plain
