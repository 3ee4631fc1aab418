"""How much a draft may hold: refused when it is saved, in words that name the limit, and once more before compiling."""

import json

from campaigns.content.blocks import Document, Invalid, walk
from campaigns.merge import language, places
from campaigns.merge.syntax import Problem
from delivery.html_tokens import tokens

MAX_HTML_BYTES = 300_000
MAX_SHEET_BYTES = 200_000
_MARKS = (places.OPEN, places.CLOSE, language.UNWRITTEN)


def problem_of_html(html: str) -> str:
    """Why this page is not taken; "" when it is."""
    if too_large := _too_large("The HTML", html, MAX_HTML_BYTES):
        return too_large
    sheets = "".join(token.text for token in tokens(html) if token.kind == "raw" and token.name == "style")
    return _too_large("The style sheet", sheets, MAX_SHEET_BYTES) or problem_of_words(html)


def problem_of_text(text: str) -> str:
    return _too_large("The text", text, MAX_HTML_BYTES) or problem_of_words(text)


def problem_of_words(template: str) -> str:
    """Of its merge tags only what goes beyond a limit: what does not work yet is for preflight to say."""
    for mark in _MARKS:
        if mark in template:
            near = template[max(0, template.index(mark) - 30) : template.index(mark)].strip()
            return f"Remove the character U+{ord(mark):04X}, which Tallypost needs for itself, behind “{near}”."
    found = language.beyond_limits(template)
    return _in_words(found) if found else ""


def checked(document: Document) -> Document:
    """The same document. Raises blocks.Invalid."""
    problem = _too_large("The mail", json.dumps(document, ensure_ascii=False), MAX_HTML_BYTES)
    for block in walk(document):
        for value in block.values():
            problem = problem or (problem_of_words(value) if isinstance(value, str) else "")
    if problem:
        raise Invalid(problem)
    return document


def _too_large(what: str, words: str, limit: int) -> str:
    size = len(words.encode(errors="replace"))
    return f"{what} has {size:,} bytes; a mail may have {limit:,}." if size > limit else ""


def _in_words(problem: Problem) -> str:
    return f"{problem.text} Line {problem.line}, near: {problem.near}"
