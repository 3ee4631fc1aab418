"""vCards (2.1, 3.0 and 4.0) to rows: one a card, its first or preferred address, further ones told.

A property that has no column here gets one of its own, under its name: whoever imports maps it or leaves it. Only what
is no text (pictures, keys) and what cards keep for programs is left out, and said.
RFC 6350, 3.2 to 3.4: lines are unfolded, values unescaped, and what is not escaped is kept as it is written, so that
nothing is lost at a bare comma or semicolon. Quoted-printable (vCard 2.1) may break lines softly.
"""

import quopri
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

HEADER = [
    "Email", "First name", "Last name", "Company", "Title", "Phone", "Street", "City", "Region", "Postcode", "Country",
    "Birthday", "Website", "Language", "Time zone", "Tags", "Note", "Further addresses",
]  # fmt: skip
_TEXTS = {
    "ORG": "Company", "TITLE": "Title", "TEL": "Phone", "BDAY": "Birthday", "URL": "Website", "LANG": "Language",
    "TZ": "Time zone", "NOTE": "Note",
}  # fmt: skip
_ADDRESS = ("Street", "City", "Region", "Postcode", "Country")
_FOR_PROGRAMS = frozenset(
    ("PRODID", "REV", "UID", "CLIENTPIDMAP", "XML", "SOURCE", "PROFILE", "MAILER", "KIND", "SORT-STRING", "X-ABLABEL")
)
_STRUCTURE = frozenset(("VERSION", "BEGIN", "END"))
MOST_FURTHER = 100
_ESCAPED = re.compile(r"\\([\\,;:nN])")
_WORD = re.compile(r"\w+")
_LONGEST_LINE = 1 << 20


@dataclass
class _Card:
    cells: dict[str, str] = field(default_factory=dict)
    addresses: list[tuple[int, str]] = field(default_factory=list)
    full_name: str = ""
    further: set[str] = field(default_factory=set)  # labels that are none of HEADER
    left_out: set[str] = field(default_factory=set)
    has_said: bool = False  # that something of the line at hand is left out

    def leave(self, what: str) -> None:
        self.left_out.add(what)
        self.has_said = True

    def keep_further(self, label: str, value: str) -> None:
        if value:
            self.further.add(label)
            self.keep(label, value)

    def keep(self, label: str, value: str) -> None:
        if value and self.cells.setdefault(label, value) != value:
            self.leave(f"further values of {label}")


def read(text: str) -> tuple[list[str], list[dict[str, str]], Counter[str]]:
    """The names of all columns that hold anything, the cells of each card by them, and in how many cards what is in no
    cell."""
    header, found, left_out = list(HEADER), list[dict[str, str]](), Counter[str]()
    for card in _cards(text):
        cells = _cells(card)
        for label in sorted(card.further.difference(header)):
            if len(header) < len(HEADER) + MOST_FURTHER:
                header.append(label)
            else:
                cells.pop(label)
                card.left_out.add(label)
        left_out.update(card.left_out)
        found.append(cells)
    filled = {"Email", "First name", "Last name"}.union(*({name for name in cells if cells[name]} for cells in found))
    return [name for name in header if name in filled], found, left_out


def _cards(text: str) -> Iterator[_Card]:
    card: _Card | None = None
    for line in _logical_lines(text):
        name, parameters, value = _split(line)
        if name == "BEGIN" and value.strip().upper() == "VCARD":
            if card is not None:  # it has no end, or another one stands in it
                yield card
            card = _Card()
        elif name == "END" and card is not None:
            yield card
            card = None
        elif card is not None and name:
            decoded = _decoded(value, parameters)
            card.has_said = False
            _take(card, name, parameters, decoded)
            if name not in _STRUCTURE and not card.has_said and _is_cut(card, decoded):
                card.leave(f"parts of {name}")
        elif card is not None and line.strip():
            card.left_out.add("lines that no vCard has")
    if card is not None:  # the file ends within it
        yield card


def _logical_lines(text: str) -> Iterator[str]:
    whole, is_soft = "", False
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if is_soft:
            whole = whole[:-1] + line
        elif line[:1] in (" ", "\t"):
            whole += line[1:]
        else:
            yield whole
            whole = line
        whole = whole[:_LONGEST_LINE]
        is_soft = whole.endswith("=") and "QUOTED-PRINTABLE" in whole.partition(":")[0].upper()
    yield whole


def _split(line: str) -> tuple[str, str, str]:
    """Name, parameters in upper case, value. A colon within a quoted parameter does not end them."""
    is_quoted = False
    for index, mark in enumerate(line):
        if mark == '"':
            is_quoted = not is_quoted
        elif mark == ":" and not is_quoted:
            name, _, parameters = line[:index].partition(";")
            return name.rpartition(".")[2].strip().upper()[:60], parameters.upper(), line[index + 1 :]
    return "", "", ""


def _decoded(value: str, parameters: str) -> str:
    if "QUOTED-PRINTABLE" not in parameters:
        return value
    charset = re.search(r"CHARSET=\"?([\w-]+)", parameters)
    try:
        return quopri.decodestring(value.encode("utf-8", "replace")).decode(
            charset[1] if charset else "utf-8", "replace"
        )
    except LookupError:
        return value


def _take(card: _Card, name: str, parameters: str, value: str) -> None:
    if name == "EMAIL":
        card.addresses.append((_preference(parameters), _plain(value).removeprefix("mailto:")))
    elif name == "FN":
        card.full_name = card.full_name or _plain(value)
    elif name == "N":
        family, given, *others = [*map(_plain, _components(value)), "", ""]
        card.keep("Last name", family)
        card.keep("First name", given)
        if any(others):
            card.leave("second names and titles")
    elif name == "ADR":
        box, more, street, *others = [*map(_plain, _components(value)), *[""] * 7]
        card.keep_further("Post box", box)
        card.keep_further("Address line 2", more)
        for label, part in zip(_ADDRESS, (street, *others), strict=False):
            card.keep(label, part)
        if any(others[len(_ADDRESS) - 1 :]):
            card.leave("further parts of addresses")
    elif name == "CATEGORIES":
        tags = [f'"{tag}"' if "," in tag else tag for one in _components(value, ",") if (tag := _plain(one))]
        card.cells["Tags"] = ", ".join(filter(None, (card.cells.get("Tags", ""), *tags)))
    elif name in _FOR_PROGRAMS or _is_no_text(parameters, value):
        card.leave(name)
    elif name in _TEXTS:
        plain = ", ".join(filter(None, map(_plain, _components(value)))) if name == "ORG" else _plain(value)
        card.keep(_TEXTS[name], plain.removeprefix("tel:") if name == "TEL" else plain)
    elif name not in _STRUCTURE:
        card.keep_further(name if name.startswith("X-") else name.capitalize(), _plain(value))


def _is_cut(card: _Card, value: str) -> bool:
    """Each value is compared with its raw line: whether a word of it stands nowhere in the card as it was read."""
    addresses = (address for _, address in card.addresses[-1:])
    read = _WORD.findall(" ".join((*card.cells.values(), *addresses, card.full_name)))
    raw = re.sub(r"\\[nN]", " ", value).removeprefix("mailto:").removeprefix("tel:")
    return not set(_WORD.findall(raw)).issubset(read)


def _is_no_text(parameters: str, value: str) -> bool:
    return value.startswith("data:") or bool(re.search(r"\bENCODING=\"?(B|BASE64)\b|(^|;)BASE64\b", parameters))


def _components(value: str, mark: str = ";") -> list[str]:
    return re.split(rf"(?<!\\){mark}", value)


def _plain(value: str) -> str:
    text = _ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], value)
    return " ".join(text.split())


def _preference(parameters: str) -> int:
    """PREF=1 (4.0) comes before TYPE=PREF (3.0), that before none."""
    if number := re.search(r"\bPREF=\"?(\d+)", parameters):
        return int(number[1])
    return 1 if re.search(r"\bPREF\b", parameters) else 101


def _cells(card: _Card) -> dict[str, str]:
    addresses = [address for _, address in sorted(card.addresses, key=lambda pair: pair[0])]
    cells = dict(card.cells)
    written = set(card.full_name.split())
    if not cells.get("First name") and not cells.get("Last name"):
        cells["First name"], _, cells["Last name"] = card.full_name.partition(" ")
    elif written.difference(f"{cells.get('First name', '')} {cells.get('Last name', '')}".split()):
        card.left_out.add("names as they are written, where they say more than first and last name")
    cells["Email"] = addresses[0] if addresses else ""
    cells["Further addresses"] = ", ".join(addresses[1:])
    return cells
