"""Style sheets without comments, for the parsers: what is left open is closed first, and no comment reaches them."""

import re

_PIECE = re.compile(r"""/\*(?:.*?\*/|.*\Z)|"(?:[^"\\\n]|\\.)*+"?|'(?:[^'\\\n]|\\.)*+'?|\\.""", re.DOTALL)
_JOINS = re.compile(r"[\w-]")


def without(css: str) -> str:
    """A comment between two words still parts them."""
    if "/*" not in css:
        return css

    def kept(piece: re.Match[str]) -> str:
        if not piece[0].startswith("/*"):
            return piece[0]
        before, after = css[piece.start() - 1 : piece.start()], css[piece.end() : piece.end() + 1]
        return "/**/" if _JOINS.match(before) and _JOINS.match(after) else ""

    return _PIECE.sub(kept, css)
