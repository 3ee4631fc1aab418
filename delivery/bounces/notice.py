"""The text of a report: where the mail that came back begins, whom the words before it name, and with which reason.

No mailer is known by its name here. All write an address at the beginning of a line, with the reason behind or below
it, or name it in a sentence that says that something was not delivered.
"""

import re
from dataclasses import dataclass

from delivery.bounces import addresses

_LINES = 400
_LINE_CHARS = 1_000
_ENTRIES = 100
_WORDS_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class Entry:
    recipient: str
    words: str


@dataclass(frozen=True, slots=True)
class Notice:
    """`lines` are the reporter's own, without the marks of quoting; `returned` what follows."""

    lines: list[str]
    returned: str

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.lines).split())[:_WORDS_CHARS]


def divide(text: str) -> Notice:
    if not text.isascii():
        text = text.translate(_NARROW)
    end = _end(text)
    own = [_unquoted(line[:_LINE_CHARS]) for line in text[:end].split("\n", _LINES)[:_LINES]]
    if any(line.startswith("<<<") for line in own):
        own = [line for line in own if not _SUMMED_UP.match(line)]
    return Notice(own, text[end:])


def _end(text: str) -> int:
    """Where the returned mail begins; only lines with a word of it are looked at."""
    below, begins = f"\n{text}", 0  # so that every line has its break in front
    while word := _ANNOUNCED.search(below, begins):
        begins = below.rfind("\n", begins, word.end())
        ends = below.find("\n", word.end())
        if _begins_returned(text[begins : begins + _LINE_CHARS].partition("\n")[0]):
            return begins
        if ends < 0:
            break
        begins = ends
    return len(text)


# Sendmail's own word for any 550, below the words of the server that refused: a policy, a filter, a full mailbox.
_SUMMED_UP = re.compile(r"550 (?:5\.1\.1 )?<[^<>]*>\.\.\. User unknown$")
# Every branch begins with a letter of its own: then the search skips what begins with none of these.
_ANNOUNCED = re.compile(
    r"original|Original|ORIGINAL|copy of|Copy of|returned |Returned |unsent |Unsent |undelivered |Undelivered |"
    r"message (?:[Hh]eader|[Tt]ext)|Message (?:[Hh]eader|[Tt]ext)|"
    r"\n[ \t>]{0,8}(?:R|D|X-R|A|M)[\w-]{3,14}:"
)
# Punctuation of East Asian notices, which stands beside an address without a space
_NARROW = str.maketrans(
    {"：": ":", "，": ",", "；": ";", "（": "(", "）": ")", "《": "<", "》": ">", "「": "<", "」": ">", "、": ","}
)
_QUOTED = re.compile(r"^(?:> ?(?!>))+")


def _unquoted(line: str) -> str:
    return (_QUOTED.sub("", line) if line.startswith(">") else line).rstrip()


def _begins_returned(line: str) -> bool:
    bare = line.strip(_ORNAMENTS)
    if _HEADER.match(bare):
        return True
    if len(bare) > _HEADING_CHARS or not _RETURNED.search(bare):
        return False
    is_ruled = line.lstrip(" \t>|")[:3] in ("---", "===", "***", "___")
    return is_ruled or bare.endswith(":") or _FOLLOWS.search(bare) is not None


_ORNAMENTS = " \t>-=_*|#."
_HEADING_CHARS = 100
_HEADER = re.compile(
    r"(?:Received|Return-Path|Delivered-To|X-Received|DKIM-Signature|ARC-Seal|MIME-Version|Message-ID): ?\S",
    re.IGNORECASE,
)
_RETURNED = re.compile(
    r"\b(?:(?:original|copy of)\b.{0,24}\b(?:message|mail|headers?)\b|(?:returned|unsent|"
    r"undelivered) (?:message|mail|headers?)\b"
    r"|message (?:headers?|text) follow)",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(r"\bfollow(?:s|ing)?\b|\bbelow\b", re.IGNORECASE)


def entries(notice: Notice, foreign: frozenset[str]) -> list[Entry]:
    """Everybody named at the beginning of a line. `foreign`: addresses that no report is about, such as its sender."""
    found: list[tuple[str, list[str]]] = []
    current: list[str] | None = None
    is_filled = False
    for line in notice.lines:
        named = _ENTRY.match(line)
        address = addresses.tidy(named["address"]) if named else None
        if named and address and address.casefold() not in foreign and len(found) < _ENTRIES:
            current = [named["code"] or "", line[named.end() :].strip(" \t:<>.;-")]
            is_filled = any(current)
            found.append((address, current))
        elif current is not None and current[0] and _CODED.match(line):
            current = None  # the next line of a transcript
        elif current is not None and line.strip():
            current.append(line.strip())
            is_filled = not line.endswith(":")
        elif is_filled:
            current = None
    return _merged(found)


_ENTRY = re.compile(
    r"^[ \t]*(?:<<< |>>> )?(?:(?P<code>[45]\d\d[ -](?:[45]\.\d{1,3}\.\d{1,3}[ ])?)|[*•|-][ \t]+)?"
    r"(?:(?:final |failed |original )?(?:recipients?(?: address)?|rcpt to|addressee|e-?mail(?: address)?|to|"
    r"address|user)[ \t]*[:=][ \t]*)?"
    rf"<?(?:mailto:)?(?P<address>{addresses.PATTERN})>?(?=[\s:;.,(\[<>-]|$)",
    re.IGNORECASE,
)


_CODED = re.compile(r"[45]\d\d[ -]|<<<|>>>")


def _merged(found: list[tuple[str, list[str]]]) -> list[Entry]:
    """Some say the same of an address twice, in two languages."""
    words: dict[str, list[str]] = {}
    for address, lines in found:
        words.setdefault(address, []).extend(lines)
    return [Entry(address, " ".join(" ".join(lines).split())[:_WORDS_CHARS]) for address, lines in words.items()]


def origin(words: str) -> str | None:
    """The address that was written to, where a server sent its mail on to another (Exim, Postfix)."""
    found = _ORIGIN.search(words)
    return addresses.tidy(found["address"]) if found else None


_ORIGIN = re.compile(rf"\((?:ultimately )?(?:generated|expanded) from:? <?(?P<address>{addresses.PATTERN})>?\)")


def named(notice: Notice, foreign: frozenset[str]) -> list[Entry]:
    """Everybody whom a sentence says a mail was for; the reason is what follows."""
    found: dict[str, str] = {}
    for number, line in enumerate(notice.lines):
        for sentence in _FOR_SOMEBODY.finditer(line):
            address = addresses.tidy(sentence["address"])
            if address and address.casefold() not in foreign and len(found) < _ENTRIES:
                below = " ".join(" ".join(notice.lines[number + 1 : number + 12]).split())
                found.setdefault(address, (below or line.strip())[:_WORDS_CHARS])
    return [Entry(address, words) for address, words in found.items()]


_FOR_SOMEBODY = re.compile(
    r"\b(?:to|for|recipients?|rcpt|errors?|attempts|user(?:id)?|size|failed|mailbox|account|address(?:es)?|an|"
    r"à|para|per|aan)"
    rf"\b[ \t]*[:(]?[ \t]*<?(?:mailto:)?(?P<address>{addresses.PATTERN})",
    re.IGNORECASE,
)


def mentioned(notice: Notice, foreign: frozenset[str]) -> list[Entry]:
    """The one address that stands anywhere, where no line begins with one and no sentence says whom it was for."""
    found = [a for a in addresses.found_in(" ".join(notice.lines), 10) if a.casefold() not in foreign]
    people = [address for address in found if not _ROLE.match(address)]
    return [Entry(people[0], "")] if len(people) == 1 else []


_ROLE = re.compile(r"(?:postmaster|abuse|support|help(?:desk)?|hostmaster|noc|mailer-daemon)@", re.IGNORECASE)


def says_failed(notice: Notice) -> bool:
    return _FAILED.search(notice.words) is not None


_FAILED = re.compile(
    r"(?:could ?n[o']?t|can ?no?'?t|unable|not able|wasn't able|not|yet|never|problem|error|failed|trouble|failure) "
    r"(?:to )?(?:be |been |in |was |being )?deliver|undeliver|deliver\w*(?: to)?\b.{0,60}\b(?:fail|delay|"
    r"abort|impossible|error|reject)|"
    r"permanent(?:ly)? (?:error|fail)|returned permanent|\b[45]\d\d[ -][45]\.\d\.\d|did not reach",
    re.IGNORECASE,
)


def says_delivered(notice: Notice) -> bool:
    return _DELIVERED.search(notice.words) is not None and not says_failed(notice)


_DELIVERED = re.compile(
    r"success(?:ful(?:ly)?)? (?:mail )?deliver|(?:was|has been|were) (?:successfully )?(?:delivered|relayed)\b",
    re.IGNORECASE,
)


def headers_in(returned: str) -> str:
    """The first block of lines that look like headers."""
    begins = _FIRST_HEADER.search(returned)
    return returned[begins.start() :].partition("\n\n")[0] if begins else ""


_FIRST_HEADER = re.compile(r"^[A-Za-z][A-Za-z-]{1,40}:[ \t]?\S", re.MULTILINE)
