"""Every table of numbers can be taken along as CSV: read from the templates, so that no new one is forgotten."""

import re
from pathlib import Path

import pytest
from django.conf import settings

_TEMPLATES = Path(settings.BASE_DIR) / "templates"
_FILE = re.compile(r"components/take_along\.html|tracking/report/_csv\.html")  # beside the table
_WHOLE_PAGE = re.compile(r"campaigns/across/_take_along\.html|as=csv\">CSV|>Export as CSV</button>")  # a button
_SECTION = re.compile(r"<section|<div class=\"section|{% block content")

# What has tables and is no report, and why.
_NO_REPORTS = {
    "accounts/": "who works here",
    "contacts/": "people, lists and settings: people are exported by columns of one's choice",
    "delivery/_returned": "settings",
    "delivery/domains/_": "a domain's records",
    "delivery/domains/domains": "settings",
    "delivery/providers": "settings",
    "delivery/reputation.html": "leads to a page for each line, which is a file",
    "delivery/routes": "settings",
    "delivery/sandbox/": "rehearsals",
    "delivery/webhook": "settings",
    "campaigns/_rows": "campaigns to work on: their figures are those of Reports, which is a file",
    "campaigns/check/": "a draft",
    "campaigns/imports/": "what was taken over from another system",
    "campaigns/reporting/_proof": "a document, signed as a whole",
    "campaigns/reporting/_share": "links, not numbers",
    "campaigns/seeds/": "settings",
    "tracking/_messages": "a log of mails: answers to them are a file",
    "tracking/_uncertain": "people to decide about: the report's list of them is a file",
}


_ALL = {str(path.relative_to(_TEMPLATES)): path.read_text() for path in sorted(_TEMPLATES.rglob("*.html"))}


def _tables() -> list[tuple[str, int]]:
    """Template, and where in it one begins."""
    return [
        (name, found.start())
        for name, text in _ALL.items()
        if not name.startswith(("public/", "email/", *_NO_REPORTS))
        for found in re.finditer(r"<table", text)
    ]


@pytest.mark.parametrize(("name", "at"), _tables())
def test_table_of_a_report_is_a_file_too(name: str, at: int) -> None:
    text = _ALL[name]
    begins = max((found.start() for found in _SECTION.finditer(text, 0, at)), default=0)
    ends = text.index("</table>", at)
    assert _FILE.search(text, begins, ends) or _WHOLE_PAGE.search(text), (
        f"A table of {name} has no CSV: components/take_along.html gives it one."
    )


@pytest.mark.parametrize("start", _NO_REPORTS)
def test_what_is_no_report_has_tables_all_the_same(start: str) -> None:
    """So that nothing new hides behind a name that is no longer used."""
    assert any(name.startswith(start) and "<table" in text for name, text in _ALL.items())
