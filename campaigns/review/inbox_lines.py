"""One line of an inbox, cut as common mail programs cut it. Pure."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_JOINS = "\u200d"  # an emoji that is made of several


@dataclass(frozen=True, slots=True)
class Program:
    """How much it shows, in narrow letters; of a `row` subject and what follows share one line."""

    key: str
    name: str
    sender: int
    subject: int
    preheader: int
    row: int = 0


# As seen at their usual sizes: a window of 1280 px, three columns on a Mac, a phone held upright.
PROGRAMS = (
    Program("gmail", "Gmail on a computer", sender=20, subject=70, preheader=100, row=100),
    Program("apple", "Apple Mail on a Mac", sender=28, subject=45, preheader=96),
    Program("phone", "A phone", sender=24, subject=40, preheader=80),
)


@dataclass(frozen=True, slots=True)
class Line:
    program: Program
    sender: str
    subject: str
    preheader: str

    @property
    def is_cut(self) -> bool:
        return self.subject.endswith("…")


def lines(sender: str, subject: str, preheader: str) -> list[Line]:
    return [_line(program, sender, subject, preheader) for program in PROGRAMS]


def _line(program: Program, sender: str, subject: str, preheader: str) -> Line:
    shown = cut(subject, program.subject)
    room = program.row - width(shown) - 3 if program.row else program.preheader
    return Line(program, cut(sender, program.sender), shown, cut(preheader, room))


def initials(sender: str) -> str:
    """As programs put them into a circle where there is no picture; "" where there is no letter."""
    letters = [word[0] for word in sender.replace("@", " ").split() if word[0].isalnum()]
    return "".join(letters[:2]).upper()


def cut(text: str, room: int) -> str:
    """The words as they are where they fit; else ended by an ellipsis, never in the middle of a sign."""
    text = " ".join(text.split())
    if width(text) <= room:
        return text
    kept, used = "", 1
    for sign in _signs(text):
        used += width(sign)
        if used > room:
            break
        kept += sign
    return f"{kept.rstrip()}…" if kept.strip() else ""


def width(text: str) -> int:
    """Signs of East Asia and emoji take the room of two letters."""
    return sum(_width(sign) for sign in _signs(text))


def _width(sign: str) -> int:
    return 2 if unicodedata.east_asian_width(sign[0]) in "WF" else 1


def _signs(text: str) -> Iterator[str]:
    sign = ""
    for letter in text:
        if sign and (sign[-1] == _JOINS or letter == _JOINS or _belongs(letter)):
            sign += letter
            continue
        if sign:
            yield sign
        sign = letter
    if sign:
        yield sign


def _belongs(letter: str) -> bool:
    """To the letter before it: accents, variants, tones of skin."""
    return unicodedata.category(letter) in {"Mn", "Me"} or "\U0001f3fb" <= letter <= "\U0001f3ff"
