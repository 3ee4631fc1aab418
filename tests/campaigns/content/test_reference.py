"""Our MJML compiler beside the reference compiler, on documents of ours and where the two are known to differ."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from mjml import mjml2html

from accounts.models import Organisation
from campaigns import starters
from campaigns.content import mjml
from delivery import html_tokens
from delivery.html_tokens import Token
from tests.campaigns.content import every_kind
from tools import frontend

Compile = Callable[[list[str]], list[str]]
_CONDITIONAL = re.compile(r"<!--(\[if[^\]]*\])>(.*)<!\[endif\]-->", re.DOTALL)
_SPACE = re.compile(r"\s+")
_PIXELS = re.compile(r"(\d+\.\d+)px")  # of which the reference compiler gives Outlook whole ones
_BETWEEN = ["endif", "[if mso | IE]"]


@pytest.fixture(scope="module")
def reference() -> Iterator[Compile]:
    """npm's `mjml`, installed by its lock file beside what tests keep; started once for all."""
    folder = Path(settings.VAR_DIR) / "mjml_reference"
    shutil.copytree(Path(__file__).parent / "reference", folder, dirs_exist_ok=True)
    surroundings = {"PATH": frontend.install(folder)}

    command, pipe = ["node", "compile.js"], subprocess.PIPE
    with subprocess.Popen(command, cwd=folder, env=surroundings, stdin=pipe, stdout=pipe, text=True) as node:
        assert node.stdin
        assert node.stdout
        to, answers = node.stdin, node.stdout

        def compiled(sources: list[str]) -> list[str]:
            to.write(json.dumps(sources) + "\n")
            to.flush()
            return list(json.loads(answers.readline()))

        yield compiled


@pytest.mark.django_db
def test_blocks_and_templates_are_compiled_as_by_the_reference_compiler(
    organisation: Organisation, reference: Compile
) -> None:
    """Every element, attribute and declaration of each piece, in whatever order: what Outlook alone reads too."""
    documents = [every_kind.document(), *(starter.document for starter in starters.all())]
    drawn = [piece for document in documents for piece in mjml.draw(document, every_kind.BRAND).all()]
    pieces = {piece.key: piece.mjml for piece in drawn if piece.page is None}
    assert len(pieces) > 100
    for source, theirs in zip(pieces.values(), reference(list(pieces.values())), strict=True):
        assert said(ours(source)) == said(theirs), source


@pytest.mark.parametrize(
    ("body", "found", "by_us", "by_the_reference"),
    [
        (
            '<mj-button width="200px" border="2px solid #111111">Go</mj-button>',
            r"display:inline-block;width:(\d+)px",
            ["150"],
            ["146"],
        ),
        ('<mj-text mj-class="one two">Go</mj-text>', r"color:(#\w+)", ["#111111"], ["#222222"]),
        ("<mj-nope>Go</mj-nope>", r"<mj-(nope)", ["nope"], []),
        ('<mj-text color="#333333">Go</mj-text>', r"color:(#\w+)", ["#333333"], ["#333333"]),
    ],
)
def test_where_the_compilers_differ_is_known(
    reference: Compile, body: str, found: str, by_us: list[str], by_the_reference: list[str]
) -> None:
    """A difference that goes away is good news: then it need not be warned of any longer."""
    classes = '<mj-class name="one" color="#111111" /><mj-class name="two" color="#222222" />'
    source = (
        f"<mjml><mj-head><mj-attributes>{classes}</mj-attributes></mj-head><mj-body><mj-section><mj-column>{body}"
        "</mj-column></mj-section></mj-body></mjml>"
    )
    assert re.findall(found, ours(source)) == by_us
    assert re.findall(found, reference([source])[0]) == by_the_reference


def ours(source: str) -> str:
    return str(mjml2html(source, fonts={}, disable_comments=False))


def said(html: str) -> list[object]:
    """What stands between the cuts of a piece, which is all that is kept of it."""
    _, *parts, _ = html.split("<!--cut-->")
    flat = list(_said("".join(f"{part}<hr>" for part in parts)))
    joined: list[object] = []
    for one in flat:  # comments for Outlook that follow one another are one
        joined.append(one)
        if joined[-2:] == _BETWEEN:
            del joined[-2:]
    return joined


def _said(html: str) -> Iterator[object]:
    for token in html_tokens.tokens(html):
        if token.kind == "comment" and (conditional := _CONDITIONAL.fullmatch(token.text)):
            yield conditional[1]
            yield from _said(conditional[2])
            yield "endif"
        elif token.kind == "tag":
            if token.name != "tbody":
                yield _tag(token)
        elif words := _SPACE.sub("", token.text):
            yield words


def _tag(token: Token) -> object:
    if not token.is_opening:
        return f"/{token.name}"
    given = {name: " ".join((value or "").split()) for name, value in html_tokens.values(token).items() if name != "/"}
    style = sorted(_SPACE.sub("", one) for one in given.pop("style", "").split(";") if one.strip())
    style = [_PIXELS.sub(lambda size: f"{round(float(size[1]))}px", one) for one in style]
    given["class"] = " ".join(sorted(given.get("class", "").split()))
    return token.name, sorted(pair for pair in given.items() if pair[1] or pair[0] == "alt"), style
