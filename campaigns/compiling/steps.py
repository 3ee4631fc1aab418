"""What is done with pasted words outside the web process: pure, without settings, database or network."""

from collections.abc import Callable
from typing import Any

from mjml import mjml2html

from campaigns.content import drawing, html
from campaigns.merge.masking import Masks
from campaigns.message import plaintext

Step = Callable[[dict[str, Any]], dict[str, Any]]


def compile_html(job: dict[str, Any]) -> dict[str, Any]:
    """HTML written by hand."""
    try:
        prepared = html.prepare(job["html"])
    except html.Unusable as problem:
        return {"unusable": str(problem)}
    page = html.clean(html.with_preheader(prepared.html, job["preheader"]))
    return {
        "html": page,
        "text": plaintext.from_html(page),
        "removed": prepared.removed,
        "left": prepared.left,
    }


def compile_pieces(job: dict[str, Any]) -> dict[str, Any]:
    """Of a mail of blocks, as Piece.as_job describes them."""
    return {"pieces": [drawing.compiled(*piece) for piece in job["pieces"]]}


def compile_mjml(job: dict[str, Any]) -> dict[str, Any]:
    """MJML that somebody brought along; what comes of it is treated as HTML written by hand."""
    masks = Masks()
    try:
        page = mjml2html(masks.hide(job["mjml"]), fonts={}, disable_comments=False)
    except ValueError as problem:  # the compiler's own words name the place
        return {"unusable": f"This MJML cannot be read: {str(problem)[:300]}."}
    return {"html": masks.reveal(page), "text": "", "removed": [], "left": []}


STEPS: dict[str, Step] = {"html": compile_html, "pieces": compile_pieces, "mjml": compile_mjml}

_SAMPLE = """<!doctype html><html><head><style>p:hover, td > .a { color: red } @media print { p { margin: 0 } }</style>
<!--[if mso]><style>p { color: red }</style><![endif]--></head><body><table><tr><td class="a" style="margin:0">é
<a href="https://straße.example/?a={{ city|default("x") }}">{% if city == "x" %}a{% endif %}</a></td></tr></table>"""
_FRAME = f"<mjml><mj-body>{drawing.CUT}</mj-body></mjml>"
_ROW = (
    f"<mjml><mj-body><mj-section><mj-column>{drawing.CUT}<mj-text>é</mj-text>{drawing.CUT}</mj-column></mj-section>"
    "</mj-body></mjml>"
)


def warm() -> None:
    """Everything that a step loads at its first use is loaded before the first child."""
    compile_html({"html": _SAMPLE, "preheader": "é"})
    compile_pieces({"pieces": [[_FRAME, "", (), (), True, ("é", "é", "en", "Arial")], [_ROW]]})
    compile_mjml({"mjml": _FRAME})
