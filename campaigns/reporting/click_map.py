"""The mail as it was sent, with what each link brought standing on it.

Links lead to their rows in the report or nowhere: looking at the map follows none and counts nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from accounts.wording import NOT_YET, count, count_people, rate
from campaigns.message import preview
from campaigns.message.compiled import CompiledEdition, link_targets
from campaigns.models import Edition
from contacts.models import Contact
from delivery import html_tokens
from delivery.html_tokens import Token
from tracking.models import Link
from tracking.reports.link_rows import LinkRow

_MARK = "#tallypost-link-"
# What would lead somewhere, or change where everything else leads.
_LEADING = frozenset({"href", "target", "ping", "id", "download"})
_DROPPED = frozenset({"base", "meta"})
_KINDS_OF_META = frozenset({"charset", "name"})

# Told apart by how the frame is drawn, not by its colour alone; the page's legend draws the same.
_STYLE = """<style>
a[data-tallypost]{position:relative;outline-offset:3px!important;cursor:pointer!important}
a[data-tallypost="0"]{outline:1px dotted #6b6b6b!important}
a[data-tallypost="1"]{outline:2px dotted #2f5fb3!important}
a[data-tallypost="2"]{outline:2px dashed #6a4fb0!important}
a[data-tallypost="3"]{outline:2px solid #b4531a!important}
a[data-tallypost="4"]{outline:5px double #97211f!important}
a[data-tallypost]:target{outline:4px solid #000!important;box-shadow:0 0 0 8px #ffd54a!important}
a[data-tallypost]>tallypost-badge{all:initial;position:absolute;z-index:9;top:-20px;left:-6px;padding:0 5px 0 0;
display:inline-block;color:#fff;background:#1c1f24;border-radius:9px;font:600 11px/18px system-ui,sans-serif;
white-space:nowrap;pointer-events:none;opacity:.94}
tallypost-badge>b{display:inline-block;margin-right:5px;min-width:18px;color:#1c1f24;background:#ffd54a;
border-radius:9px;text-align:center}
@media print{a[data-tallypost]>tallypost-badge{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
</style>"""


def link_ids(edition: Edition) -> list[int]:
    """Of an edition frozen before editions knew their links, those of its batch."""
    known = Link.objects.filter(batch=edition.batch_id).order_by("position").values_list("id", flat=True)
    return edition.link_ids or list(known)


def drawn(edition: Edition, contact: Contact | None, rows: Sequence[LinkRow], page_url: str) -> str:
    """The HTML of the mail with a badge on each tracked link, which leads to that link's row on `page_url`.

    `contact` None: as somebody gets it of whom only the address is known.
    """
    ids = link_ids(edition)[: len(link_targets(edition))]
    edition.is_test = True  # in memory: so its unsubscribe link names nobody
    compiled = CompiledEdition(edition, batch_id=0, lists=(), link_ids=())
    page = compiled.html_with(preview.recipient_of(contact, edition), [f"{_MARK}{link_id}" for link_id in ids])
    by_id = {row.link_id: row for row in rows}
    return "".join(_marked(page, by_id, page_url)) + _STYLE


def _marked(page: str, rows: Mapping[int, LinkRow], page_url: str) -> Iterator[str]:
    named: set[int] = set()
    for token in html_tokens.tokens(page):
        if token.name in _DROPPED and token.kind == "tag":
            yield "" if _leads(token) else token.text
        elif token.is_opening and "href" in (given := html_tokens.values(token)):
            row = rows.get(_link_id(given["href"] or ""))
            yield _without_address(token) if row is None else _with_badge(token, row, page_url, named)
        else:
            yield token.text


def _leads(token: Token) -> bool:
    return token.name == "base" or not _KINDS_OF_META & html_tokens.values(token).keys()


def _link_id(href: str) -> int:
    number = href.removeprefix(_MARK)
    return int(number) if href.startswith(_MARK) and number.isdecimal() else 0


def _without_address(token: Token) -> str:
    return _rebuilt(token, "")


def _with_badge(token: Token, row: LinkRow, page_url: str, named: set[int]) -> str:
    """Only the first place of a link has its name: a fragment can lead to one place alone."""
    name = "" if row.link_id in named else f' id="link-{row.link_id}"'
    named.add(row.link_id)
    said = f"{row.label or 'Link'}: {count_people(row.people)}, {rate(row.share)}"
    ours = f'{name} href="{escape(page_url)}#link-row-{row.link_id}" target="_top" title="{escape(said)}"'
    opening = _rebuilt(token, f'{ours} data-tallypost="{row.heat}"')
    return opening + _badge(row) if token.name == "a" else opening


def _badge(row: LinkRow) -> str:
    numbers = f"{rate(row.share)} · {count(row.people)}" if row.people else NOT_YET
    return f"<tallypost-badge><b>{row.number}</b>{numbers}</tallypost-badge>"


def _rebuilt(token: Token, more: str) -> str:
    start, end = 1 + len(token.name), len(token.text) - 1
    kept = [
        found[0].rstrip("/") if found["value"] is None else found[0]
        for found in html_tokens.attributes(token.text, start, end)
        if found["name"].lower() not in _LEADING
    ]
    return f"{token.text[:start]}{''.join(f' {one.strip()}' for one in kept)}{more}>"
