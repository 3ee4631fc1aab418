"""What a mail says of itself when its words begin in another language: our words for its links, and `lang`."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import override

from campaigns.content import blocks
from campaigns.content.blocks import Document
from delivery import html_tokens
from delivery.html_tokens import Token

_LANG = re.compile(r"""(\slang\s*=\s*)("[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)
_FIELDS = ("label", "preferences", "view")
KINDS = frozenset({"footer", "logo"})


def of_blocks(document: Document, before: str, after: str) -> Document:
    """With our words that nobody has changed in the other language, where we know them."""
    if not document:
        return document
    ours = dict(zip(_words(before), _words(after), strict=True))
    changed = blocks.validate(document)
    for block in blocks.walk(changed):
        for name in _FIELDS if block["kind"] in KINDS else ():
            if block.get(name) in ours:
                block[name] = ours[block[name]]
    return changed


def saying_language(html: str, language: str) -> str:
    """HTML written by hand with its language in the opening tag; without such a tag it stays as it is."""
    page = _page(html)
    if page is None:
        return html
    said = _LANG.sub(rf'\g<1>"{language}"', page.text, count=1)
    if not _LANG.search(page.text):
        said = f'{page.text[:5]} lang="{language}"{page.text[5:]}'
    return html[: page.start] + said + html[page.start + len(page.text) :]


def language_said(html: str) -> str:
    """What HTML written by hand says that it is in; "" if it does not say."""
    page = _page(html)
    return (html_tokens.values(page).get("lang") or "") if page else ""


def _page(html: str) -> Token | None:
    return next((one for one in html_tokens.tokens(html) if one.is_opening and one.name == "html"), None)


def _words(language: str) -> list[str]:
    with override(language):
        return [_("Unsubscribe"), _("View in browser"), _("Choose what you get")]
