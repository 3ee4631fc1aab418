"""HTML, addresses and words as strangers write them: what the library raises on is passed over, as browsers do."""

from html.parser import HTMLParser
from urllib.parse import SplitResult, urlsplit


class Reader(HTMLParser):
    def parse_marked_section(self, i: int, report: int = 1) -> int:
        """`<![anything[` is a comment to a browser; HTMLParser raises AssertionError for all but a few words."""
        return self.parse_bogus_comment(i, bool(report))


def split(link: str) -> SplitResult:
    """The parts of an address; all empty where it is none, such as `http://[`."""
    try:
        return urlsplit(link)
    except ValueError:
        return SplitResult("", "", "", "", "")


def host_of(link: str) -> str:
    return split(link).hostname or ""


def printable(text: str) -> str:
    """Without control characters, which PostgreSQL (NUL) or a terminal may not bear, and without those that turn the
    direction of what is read beside them."""
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)
