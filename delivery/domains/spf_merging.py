"""What an SPF record has to become so that further servers may send: always one record, never a second one. Pure."""

from collections.abc import Sequence

from delivery.domains import spf_record

_LONGEST_STRING = 255


def merged(records: Sequence[str], wanted: Sequence[str]) -> str:
    """All of `records` (none, one, or several that should never have been) in one, with `wanted` terms in it.

    Terms keep their order and come once; `+all` and `?all` become `~all`, and where none says anything it is added.
    """
    terms: list[str] = []
    ends, redirect = [], ""
    for record in records:
        for part in record.split(" ")[1:]:
            word = part.lower()
            if word.lstrip("+?~-") == "all":
                ends.append(word)
            elif word.startswith("redirect="):
                redirect = redirect or part
            elif part and word not in map(str.lower, terms):
                terms.append(part)
    known = {term.lower().lstrip("+") for term in terms}
    terms += [term for term in wanted if term.lower() not in known]
    if redirect and not ends:
        return " ".join(["v=spf1", *terms, redirect])
    end = "-all" if ends and set(ends) == {"-all"} else "~all"
    return " ".join(["v=spf1", *terms, end])


def strings(text: str) -> list[str]:
    """Cut into the strings of a TXT record: 255 octets are the most of one (RFC 1035 3.3)."""
    return [text[at : at + _LONGEST_STRING] for at in range(0, len(text), _LONGEST_STRING)] or [""]


def quoted(text: str) -> str:
    """As a zone file takes it; most consoles cut by themselves."""
    return " ".join(f'"{part}"' for part in strings(text))


def is_spf(text: str) -> bool:
    return spf_record.is_spf(text)
