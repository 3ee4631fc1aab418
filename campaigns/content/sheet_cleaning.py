"""Style sheets without what runs programs or fetches further sheets; every other character stays."""

import re

ACTIVE = re.compile(
    r"expression\s*\(|javascript:|vbscript:|-moz-binding|(?<![\w-])behaviou?r\s*:(?!\s*url\(#default#VML\))",
    re.IGNORECASE,
)
_SIGNS = ("expression", "script:", "-moz-binding", "behavio", "/*")  # whatever is active has one, or a backslash
# CSS Syntax 3, as far as it decides where an import ends.
_PIECE = re.compile(
    r"""
    /\*.*?(?:\*/|\Z)
  | "(?:[^"\\\n]|\\.)*+"?
  | '(?:[^'\\\n]|\\.)*+'?
  | url\(\s*+(?!["'])(?:[^)\\]|\\.)*+\)?
  | @(?P<word>(?:[\w-]|\\[0-9a-f]{1,6}\s?|\\.)++)
  | (?P<open>[({\[]) | (?P<close>[)}\]]) | (?P<end>;)
  | [\w-]++ | \\. | .
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.IGNORECASE | re.DOTALL)
_MAY_IMPORT = re.compile(r"@(?:import|[\w-]*\\)", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_WORDS_CHARS = 80


def clean(css: str) -> tuple[str, list[str]]:
    """The sheet, and what was taken out of it; an import begins with "@"."""
    if css.isascii() and "\\" not in css and "@import" not in css.lower() and not may_act(css):
        return css, []
    removed = [found[0] for found in ACTIVE.finditer(css)]
    css = ACTIVE.sub("", css)
    if found := ACTIVE.search(_decoded(css)):  # nobody writes it so who means well, and what it is to hide is not known
        return "", [*removed, found[0]]
    out, at = [], 0
    while opening := _next_import(css, at):
        end = _end_of_import(css, opening.end())
        out.append(css[at : opening.start()])
        removed.append(" ".join(css[opening.start() : end].split())[:_WORDS_CHARS])
        at = end
    return "".join(out) + css[at:], removed


def may_act(text: str) -> bool:
    """Quick: False only where nothing in ASCII and without a backslash is active."""
    lowered = text.lower()
    return any(sign in lowered for sign in _SIGNS)


def is_active(css: str) -> bool:
    """Judged as it is read: without comments, and escapes for what they stand for."""
    return bool(ACTIVE.search(css)) or bool(ACTIVE.search(_decoded(css)))


def _decoded(css: str) -> str:
    if "\\" not in css and "/*" not in css:
        return css
    return _ESCAPE.sub(_unescaped, _COMMENT.sub("", css))


def _next_import(css: str, at: int) -> re.Match[str] | None:
    if not _MAY_IMPORT.search(css, at):
        return None
    for piece in _PIECE.finditer(css, at):
        if piece["word"] and _ESCAPE.sub(_unescaped, piece["word"]).lower() == "import":
            return piece
    return None


def _end_of_import(css: str, at: int) -> int:
    depth = 0
    for piece in _PIECE.finditer(css, at):
        if piece["open"]:
            depth += 1
        elif piece["close"]:
            depth -= 1
            if depth < 0:  # the block round it ends
                return piece.start()
            if depth == 0 and piece[0] == "}":
                return piece.end()
        elif piece["end"] and depth == 0:
            return piece.end()
    return len(css)


def _unescaped(escape: re.Match[str]) -> str:
    return chr(min(int(escape[1], 16), 0x10FFFF)) if escape[1] else escape[2]
