"""What a name speaks of, and what a phrase says of its person, by the stems in it."""

import re
from itertools import accumulate

from contacts.importing.plan import Status
from contacts.importing.wording.naming import plain, words
from contacts.importing.wording.vocabulary import (
    ALONE,
    FORMER,
    HARMLESS,
    MAIL,
    MAIL_WITHIN,
    NEGATED,
    NEGATIONS,
    NEUTRAL,
    RECEIVING,
    SAID_IN_PROSE,
    STATUS_ALONE,
    STEMS,
    WISHES,
    WORDS,
    Concept,
)

_GLUED = {
    concept: re.compile("|".join(sorted(plain(stems).split(), key=len, reverse=True)))
    for concept, stems in STEMS.items()
    if concept is not Concept.STATUS
}
# What each concept says of a person.
_MEANS: dict[Concept, Status] = {
    Concept.UNCONFIRMED: Status.UNCONFIRMED,
    Concept.LEFT: Status.UNSUBSCRIBED,
    Concept.ENDED: Status.UNSUBSCRIBED,
    Concept.COMPLAINED: Status.COMPLAINED,
    Concept.BOUNCED: Status.BOUNCED,
    Concept.BLOCKED: Status.UNSUBSCRIBED,
    Concept.CONFIRMED: Status.SUBSCRIBED,
    Concept.AGREED: Status.SUBSCRIBED,
}
_NEGATIVE = frozenset(concept for concept, status in _MEANS.items() if status > Status.SUBSCRIBED)
_POSITIVE = frozenset((Concept.AGREED, Concept.CONFIRMED, Concept.WEAK))
_MARK = "|"
_LETTERS_AND_BARS = re.compile(r"[^\w|]+|_")


def concepts(name_words: tuple[str, ...]) -> frozenset[Concept]:
    """What a name speaks of."""
    if len(name_words) == 1 and (alone := ALONE.get(name_words[0])):
        return frozenset({alone})
    found = {WORDS[word] for word in name_words if word in WORDS}
    rest = NEUTRAL.sub(_barred, "".join(name_words))
    if NEGATED.search(rest):
        return frozenset({Concept.LEFT})
    for concept, stems in _GLUED.items():
        rest, times = stems.subn(_barred, rest)
        if times:
            found.add(concept)
    if MAIL.intersection(name_words) and WISHES.intersection(name_words):
        found.add(Concept.WEAK)
    if STATUS_ALONE.intersection(name_words) or "status" in rest:
        found.add(Concept.STATUS)
    return frozenset(_turned(found, name_words, rest))


def is_plain(name_words: tuple[str, ...]) -> bool:
    """Whether a name of weak concepts has no word beside them that might mean something else."""
    rest = _GLUED[Concept.WEAK].sub(_barred, NEUTRAL.sub(_barred, "".join(name_words)))
    known = MAIL | WISHES | HARMLESS | WORDS.keys()
    return all(not free or word in known for word, free in zip(name_words, _free(name_words, rest), strict=True))


def speaks_of_mail(name_words: tuple[str, ...]) -> bool:
    return bool(MAIL_WITHIN.search("".join(name_words)) or RECEIVING.intersection(name_words))


def meanings(text: str) -> set[Status]:
    """What the stems in a name, or in a cell of a few words, say."""
    return {_MEANS[concept] for concept in concepts(words(text)) if concept in _MEANS}


def file_meanings(file_name: str) -> set[Status]:
    """What the name of a file says about everybody in it."""
    name_words = words(file_name.rsplit(".", 1)[0])
    if FORMER.search("".join(name_words)):
        return {Status.UNSUBSCRIBED}
    return {_MEANS[concept] for concept in concepts(name_words) if concept in _MEANS}


def tell_of_leaving(texts: list[str]) -> bool:
    """Whether any of these texts, in whatever words stand round it, says that somebody left."""
    joined = _MARK.join(text for text in texts if "://" not in text)
    return bool(SAID_IN_PROSE.search(_LETTERS_AND_BARS.sub("", plain(joined.replace("’", "'").replace("n't", "nt")))))


def _barred(match: re.Match[str]) -> str:
    return _MARK * len(match[0])


def _free(name_words: tuple[str, ...], rest: str) -> list[bool]:
    """For each word, whether no stem was found in it."""
    ends = accumulate(map(len, name_words))
    return [_MARK not in rest[end - len(word) : end] for word, end in zip(name_words, ends, strict=True)]


def _turned(found: set[Concept], name_words: tuple[str, ...], rest: str) -> set[Concept]:
    """A negation that belongs to no stem turns what is found: "no wish for a newsletter", "not unsubscribed"."""
    is_free = _free(name_words, rest)
    negations = [word in NEGATIONS and free for word, free in zip(name_words, is_free, strict=True)]
    if negative := found & _NEGATIVE:
        # "Confirmed bounces": what is confirmed is that they bounced. "Opt-in pending": it is not given yet.
        found = found - {Concept.AGREED if Concept.UNCONFIRMED in negative else Concept.CONFIRMED}
        turns = any(negation and not free for negation, free in zip(negations, is_free[1:], strict=False))
        return (found - _NEGATIVE) | {Concept.UNCLEAR} if turns else found
    if any(negations) and (found & _POSITIVE or speaks_of_mail(name_words)):
        opposite = Concept.UNCONFIRMED if found & _POSITIVE == {Concept.CONFIRMED} else Concept.LEFT
        return (found - _POSITIVE) | {opposite}
    return found
