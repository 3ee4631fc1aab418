"""Every table of numbers can be taken along as CSV and says what they mean: read from the templates, so that no new one
is forgotten."""

import re

import pytest

from tools.templates import texts

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
    "delivery/routes": "settings",
    "delivery/sandbox/": "rehearsals",
    "delivery/webhook": "settings",
    "campaigns/_rows": "campaigns to work on: their figures are those of Reports, which is a file",
    "campaigns/check/": "a draft",
    "campaigns/imports/": "what was taken over from another system",
    "campaigns/reporting/_share": "links, not numbers",
    "campaigns/seeds/": "settings",
    "tracking/_messages": "a log of mails: answers to them are a file",
    "tracking/_uncertain": "people to decide about: the report's list of them is a file",
}


_ALL = texts()


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


# Heads of figures that stand for a campaign, a month, an hour or a moment, and what is explained elsewhere.
_HEADS_ARE_NO_NUMBERS = {
    "campaigns/across/cohorts.html": "months: the notes below the table say what a cell is",
    "campaigns/across/compare.html": "campaigns: each line of figures explains itself",
    "campaigns/across/hours.html": "days: the notes below the table say what a cell is",
    "campaigns/across/reports.html": "links that sort: explained in words below the table",
}
_MOMENTS = {"When", "Last one"}
_FIGURE_HEAD = re.compile(r"<th[^>]*class=\"num\"[^>]*>(.*?)</th>", re.DOTALL)
_TOLD = re.compile(r"{% include \"components/columns\.html\" with columns=(\S+)")
_ON_PAPER = re.compile(r"{% include \"components/columns_printed\.html\" with columns=(\S+)")
_OF_REPORTS = ("campaigns/", "delivery/", "tracking/report/", "tracking/conversions/")


def _reports_with_tables() -> list[str]:
    return sorted({name for name, _ in _tables() if name.startswith(_OF_REPORTS)} - _HEADS_ARE_NO_NUMBERS.keys())


@pytest.mark.parametrize("name", _reports_with_tables())
def test_number_of_a_table_has_its_definition_in_its_head_and_on_paper(name: str) -> None:
    bare = [
        head
        for head in _FIGURE_HEAD.findall(_ALL[name])
        if "components/explained.html" not in head and head.strip() not in _MOMENTS
    ]
    assert not bare, f"components/columns.html explains what the figures of a column are: {bare}"
    assert set(_ON_PAPER.findall(_ALL[name])) >= set(_TOLD.findall(_ALL[name])), "paper has no heads to point at"


@pytest.mark.parametrize("name", _HEADS_ARE_NO_NUMBERS)
def test_table_whose_heads_are_no_numbers_explains_them_below(name: str) -> None:
    assert re.search(r"report-notes|report-words|components/columns_printed", _ALL[name])


@pytest.mark.parametrize("start", _NO_REPORTS)
def test_what_is_no_report_has_tables_all_the_same(start: str) -> None:
    """So that nothing new hides behind a name that is no longer used."""
    assert any(name.startswith(start) and "<table" in text for name, text in _ALL.items())
