"""How long a mail takes to read, and how hard it is. Pure; both are estimates, and said to be."""

import re
from dataclasses import dataclass

_WORDS_A_MINUTE = 238  # silent reading of adults: Brysbaert 2019
_SIGNS_A_MINUTE = 300  # of scripts that put no spaces between words
_ENOUGH_WORDS = 30
_ADDRESS = re.compile(r"\(?\b(?:https?://|mailto:)[^\s)]*\)?")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SIGN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_SENTENCE_END = re.compile(r"[.!?…:]+(?=\s|\Z)|\n\s*\n|\n(?=\s*[-*•\d])")
_VOWELS = re.compile(r"[aeiouy]+")
_LONG = 7  # letters, from which LIX counts a word as long

# Flesch-Kincaid: the school year in the United States that reads it with ease.
_GRADES = ((6, "easy for nearly everybody"), (9, "plain"), (12, "demanding"))
# LIX, which counts long words and needs no dictionary: Björnsson 1968.
_LIX = ((30, "very easy"), (40, "easy"), (50, "of middling difficulty"), (60, "demanding"))


@dataclass(frozen=True, slots=True)
class Reading:
    words: int
    seconds: int
    ease: str = ""  # in words; "" for what is too short to tell

    @property
    def time(self) -> str:
        if self.seconds < 55:
            return f"about {max(5, round(self.seconds / 5) * 5)} seconds"
        minutes = round(self.seconds / 60)
        return f"about {minutes} minute{'s' if minutes > 1 else ''}"


def of(text: str, language: str) -> Reading:
    """`text`: the plain text of the mail; addresses in it are not read."""
    said = without_addresses(text)
    signs = len(_SIGN.findall(said))
    words = _WORD.findall(_SIGN.sub(" ", said))
    seconds = round(len(words) * 60 / _WORDS_A_MINUTE + signs * 60 / _SIGNS_A_MINUTE)
    if len(words) < _ENOUGH_WORDS or signs > len(words):
        return Reading(len(words) + signs, seconds)
    sentences = max(1, sum(bool(_WORD.search(part)) for part in _SENTENCE_END.split(said)))
    ease = _grade(words, sentences) if language.lower().startswith("en") else _lix(words, sentences)
    return Reading(len(words) + signs, seconds, ease)


def without_addresses(text: str) -> str:
    return _ADDRESS.sub(" ", text)


def _grade(words: list[str], sentences: int) -> str:
    syllables = sum(map(_syllables, words))
    grade = max(1, round(0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59))
    verdict = next((said for limit, said in _GRADES if grade <= limit), "hard: shorter sentences would help")
    return f"grade {grade}, {verdict}"


def _syllables(word: str) -> int:
    word = word.lower()
    silent = word.endswith("e") and not word.endswith(("le", "ee", "ie"))
    return max(1, len(_VOWELS.findall(word)) - silent)


def _lix(words: list[str], sentences: int) -> str:
    value = round(len(words) / sentences + 100 * sum(len(word) >= _LONG for word in words) / len(words))
    verdict = next((said for limit, said in _LIX if value < limit), "hard: shorter sentences would help")
    return f"LIX {value}, {verdict}"
