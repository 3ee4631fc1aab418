"""The first words about a mistake are the page's own, beside the field, not a bubble of the browser that is gone at the
next click: read from the templates, so that no new form is forgotten."""

import re

import pytest

from accounts.models import Role
from tests.web.addresses import ADDRESSES
from tests.web.cast import Cast
from tools.templates import texts

_ALL = texts()
_INCLUDE = re.compile(r'{%\s*include\s+"([^"]+)".*?%}', re.DOTALL)
_FORM = re.compile(r"<form\b((?:{%.*?%}|{{.*?}}|[^>{])*)>(.*?)</form>", re.DOTALL)
# What a browser may find wrong by itself, or a field of a form, which says so of itself.
_REFUSED = re.compile(
    r"<(?:input|select|textarea)\b[^>]*\s(?:required|(?:pattern|min|max|minlength)="
    r'|type="(?:email|url|number|date|time|month|datetime-local)")'
    r'|(?<!")\{\{ *(?:field|\w*form\.\w+) *\}\}'
)
_ELSEWHERE = {"public/signup/embed.html": "pasted into another site: nobody leaves it while something is missing"}
# Sent with nothing in it. The words that stand beside the field then, and what had been typed into another one.
_EMPTY = [
    ("contact-unsubscribe", {"list": ""}, "Say why: the reason is kept beside the person."),
    ("contact-resubscribe", {"reason": "Wrote to us"}, "Choose a list."),
    ("suppression-lift", {}, "Say why this address may get mail again."),
    ("list-suppression-lift", {}, "Say why this address may get mail of the list again."),
    ("batch-people-tag", {}, "Write the tag that these people shall carry."),
    ("domain-mail-paste", {"source": "Subject: Lunch"}, "Those are not the headers of this mail."),
    ("approval-decide", {"decision": "back"}, "Say what has to change."),
    ("approval-override", {}, "This is missing. Fill it in."),
    ("comment-answer", {}, "This is missing. Fill it in."),
    ("comment-change", {}, "This is missing. Fill it in."),
    ("image-folder", {"name": ""}, "This is missing. Fill it in."),
    ("image-replace", {}, "Choose the picture that comes in its place."),
    ("versions", {"name": ""}, "This is missing. Fill it in."),
    ("import-new", {"as": "suppressed"}, "Choose a file, or paste people below."),
]


def _whole(text: str, inside: frozenset[str] = frozenset()) -> str:
    """With what it includes; what includes itself, once."""

    def included(found: re.Match[str]) -> str:
        name = found[1]
        return _whole(_ALL[name], inside | {name}) if name in _ALL and name not in inside else ""

    return _INCLUDE.sub(included, text)


def _left_to_the_browser(text: str) -> list[str]:
    return [
        tag
        for tag, body in _FORM.findall(text)
        if 'method="post"' in tag and "novalidate" not in tag and _REFUSED.search(_whole(body))
    ]


def test_no_form_leaves_the_words_about_a_mistake_to_the_browser() -> None:
    found = {name: _left_to_the_browser(text) for name, text in _ALL.items() if name not in _ELSEWHERE}
    assert {name: tags for name, tags in found.items() if tags} == {}


@pytest.mark.parametrize(
    "body",
    [
        '<input name="a" required>',
        '<textarea\n  name="a"\n required></textarea>',
        '<input type="email" name="a">',
        '<input name="a" max="9">',
        "{{ some_form.name }}",
        '{% for field in form %}{% include "components/field.html" %}{% endfor %}',
    ],
)
def test_form_that_does_is_found(body: str) -> None:
    tag = '<form method="post" action="{% url \'contacts\' %}"{% if filter.x > 3 %} class="x"{% endif %}'
    assert _left_to_the_browser(f"{tag}>{body}</form>")
    assert not _left_to_the_browser(f"{tag} novalidate>{body}</form>")


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "data", "words"), _EMPTY)
def test_form_sent_empty_says_beside_the_field_what_is_missing(name: str, data: dict[str, str], words: str) -> None:
    cast, address = Cast(Role.OWNER), ADDRESSES[name]
    url = address.url(name, address.args(cast))
    answer = cast.browser().post(url, data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in " ".join(re.findall(r'class="field-error".*?</div>', page, re.DOTALL))
    assert "autofocus" in page
    for typed in filter(None, data.values()):
        assert typed in page or name == "approval-decide"
