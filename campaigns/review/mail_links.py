"""Where a mail leads: each address once, in the order of the mail."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from campaigns.preflight.places import Places
from delivery import html_tokens, markup

_MOST = 200


@dataclass(frozen=True, slots=True)
class Link:
    words: str
    target: str
    count: int
    block: str

    @property
    def host(self) -> str:
        return markup.host_of(self.target) if self.target.startswith(("http://", "https://")) else ""


def links(html: str, places: Places) -> list[Link]:
    """`html`: as one person gets the mail, without tracking."""
    words: dict[str, str] = {}
    counts: dict[str, int] = {}
    for target, said in _found(html):
        words[target] = words.get(target) or said
        counts[target] = counts.get(target, 0) + 1
    return [Link(words[one], one, counts[one], places.with_link(one)) for one in list(words)[:_MOST]]


def _found(html: str) -> Iterator[tuple[str, str]]:
    target: str | None = None
    said: list[str] = []
    for token in html_tokens.tokens(html):
        if token.kind == "tag" and token.name in {"a", "area"}:
            if target is not None:
                yield target, " ".join("".join(said).split())
            given = html_tokens.values(token) if token.is_opening else {}
            target, said = (given["href"] or "").strip() if "href" in given else None, [given.get("alt") or ""]
        elif target is not None and token.kind == "text":
            said.append(unescape(token.text))
        elif target is not None and token.is_opening and token.name == "img":
            said.append(f" {html_tokens.values(token).get('alt') or ''} ")
    if target is not None:
        yield target, " ".join("".join(said).split())
