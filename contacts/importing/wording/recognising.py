"""Whether a column speaks of consent, told from its name and its cells: understood or asked about, not overlooked."""

import re
from collections.abc import Sequence

from contacts.importing.plan import Column, Status, Target
from contacts.importing.wording.judging import is_date, word
from contacts.importing.wording.naming import words
from contacts.importing.wording.vocabulary import (
    NO,
    STATUS_WORDS,
    YES,
    Concept,
    concepts,
    is_distinct,
    meanings,
    word_set,
)

_ASK = Column(Target.ASK)
_NOTHING_TO_SAY = Column()
_NEGATIVE = {
    Concept.COMPLAINED: Target.COMPLAINED,
    Concept.BOUNCED: Target.BOUNCED,
    Concept.LEFT: Target.OPTED_OUT,
    Concept.BLOCKED: Target.OPTED_OUT,
    Concept.UNCONFIRMED: Target.UNCONFIRMED,
}
_OTHER_CHANNELS = word_set(
    "sms phone telephone telefon telefono telefoon mobile mobil handy call calls whatsapp push fax postal "
    "viber rcs messenger tracking cookie cookies facebook gclid mms browser webpush track digest"
)
_MAIL = word_set("email emails mail mails e mailing newsletter newsletters correo courriel")
_PROVENANCE = word_set(
    "date time at on timestamp ip ips source via by method form url page text wording country origin "
    "referrer datum zeit zeitpunkt quelle fecha data ora quando herkunft bron zrodlo since seit id "
    "template campaign tstamp heure provenance origine hora day am um created joined le del ts latest "
    "last first"
)
_COUNTS = word_set("number count counter total anzahl nombre numero aantal liczba num times sum qty rate")
# Of which thing a status is: these are never about mail unless the cells say so.
_OTHER_STATUSES = word_set(
    "lead order payment financial fulfillment fulfilment marital civil employment deal ticket job visa "
    "shipping delivery invoice relationship pipeline opportunity loyalty tax project task stage "
    "familienstand civilstand zahlung bestell sms push vip social legal health vaccination residency "
    "immigration sync attendee record"
)
_PLACES = word_set("state estado stato etat staat stan stav")
_REASONS = word_set("reason grund motif motivo reden powod")
_GROUPS = word_set(
    "tag tags group groups gruppe gruppen groupe groupes grupo grupos list lists liste listen listes lista listas "
    "segment segments segmente label labels category categories kategorie kategorien etiquetas etiquettes"
)
_BETWEEN = re.compile(r"[,;|/]")
_COMMERCE = word_set(
    "plan price amount paid payment stripe renewal revenue billing trial spent order orders purchase "
    "product card expiry expires"
)


def recognise(name: str, values: Sequence[str]) -> Column | None:
    """What the column means for consent; None: nothing. `values` are its cells, the empty ones included."""
    name_words = words(name)
    found = concepts(name_words)
    is_status = Concept.STATUS in found and not _REASONS.intersection(name_words)
    cells = [text for value in values if (text := word(value))]
    distinct = dict.fromkeys(cells)
    if _OTHER_CHANNELS.intersection(name_words) and not _MAIL.intersection(name_words):
        return _NOTHING_TO_SAY if found else None
    negative = [concept for concept in _NEGATIVE if concept in found]
    positive = found & {Concept.AGREED, Concept.CONFIRMED}
    if negative and positive == {Concept.CONFIRMED} and Concept.UNCONFIRMED not in found:
        positive = frozenset()  # "Confirmed opt-out date": what is confirmed is that they left
    if negative and positive:
        return Column(Target.STATUS) if cells and _all_words(distinct) else _ASK
    if negative:
        return _told_by_presence(negative, is_status, name_words, distinct)
    if positive:
        return _told_by_absence(positive, is_status, name_words, values, distinct)
    if Concept.STATUS in found:
        return _status(name_words, distinct)
    if Concept.WEAK in found and distinct and not _COMMERCE.intersection(name_words):
        if _only(distinct, YES | NO) or ("0" in distinct and all(text == "0" or is_date(text) for text in distinct)):
            return Column(Target.OPTED_IN)
        if _all_words(distinct):
            return Column(Target.STATUS)
    if _GROUPS.intersection(name_words):
        return _ASK if _some_say_no(distinct) else None
    return Column(Target.STATUS) if _speak_for_themselves(distinct) else None


def file_status(file_name: str) -> Status | None:
    """What the name of a file says about everybody in it; UNKNOWN where it says two things."""
    found = meanings(file_name.rsplit(".", 1)[0])
    if not found:
        return None
    return max(found) if len(found) == 1 or min(found) > Status.SUBSCRIBED else Status.UNKNOWN


def _told_by_presence(
    negative: list[Concept], is_status: bool, name_words: tuple[str, ...], distinct: dict[str, None]
) -> Column:
    if distinct and all(text.startswith(("http://", "https://")) for text in distinct):
        return _NOTHING_TO_SAY  # a link to unsubscribe
    numbers = [text for text in distinct if text.replace(".", "", 1).isdigit() and len(text) < 7]
    if _COUNTS.intersection(name_words) or any(float(text) > 1 for text in numbers):
        return _ASK if any(text.strip("0.") for text in distinct if text not in NO) else _NOTHING_TO_SAY
    if is_status and distinct and not _only(distinct, YES | NO) and not any(map(is_date, distinct)):
        return Column(Target.STATUS)
    return Column(_NEGATIVE[negative[0]])


def _told_by_absence(
    positive: frozenset[Concept],
    is_status: bool,
    name_words: tuple[str, ...],
    values: Sequence[str],
    distinct: dict[str, None],
) -> Column:
    if not distinct:
        return _ASK  # a question as soon as something stands there
    target = Target.OPTED_IN if Concept.AGREED in positive and not _is_confirmation(name_words) else Target.CONFIRMED
    if _only(distinct, YES | NO):
        return Column(target)
    if _all_words(distinct):
        return Column(Target.STATUS)
    if is_status:
        return Column(Target.STATUS)
    if all(map(is_date, distinct)):
        is_everywhere = all(word(value) for value in values)
        return _NOTHING_TO_SAY if is_everywhere else Column(Target.ASK, kind="date")
    if _PROVENANCE.intersection(name_words):
        return _NOTHING_TO_SAY
    return _ASK


def _is_confirmation(name_words: tuple[str, ...]) -> bool:
    return Concept.CONFIRMED in concepts(name_words)


def _status(name_words: tuple[str, ...], distinct: dict[str, None]) -> Column | None:
    if distinct and all(map(is_date, distinct)):
        return _NOTHING_TO_SAY  # "Status changed at"
    if _REASONS.intersection(name_words):
        says_something = any(text in STATUS_WORDS or meanings(text) for text in distinct)
        if len(name_words) > 1 and not says_something:
            return None  # "Reason for visit"
        return Column(Target.STATUS, meanings=(("", int(Status.SUBSCRIBED)),))  # who stayed has no reason
    is_place = set(name_words) <= _PLACES | {"us", "shipping", "billing", "home", "mailing", "region", "province"}
    if is_place or _OTHER_STATUSES.intersection(name_words) or not name_words:
        return Column(Target.STATUS) if any(map(is_distinct, distinct)) else None
    if _PLACES.intersection(name_words) and "status" not in name_words:
        return Column(Target.STATUS) if any(text in STATUS_WORDS for text in distinct) else None
    return Column(Target.STATUS)


def _speak_for_themselves(distinct: dict[str, None]) -> bool:
    """Whether the cells are words of consent, whatever the column is called."""
    known = sum(map(is_distinct, distinct))
    return bool(known) and (known == len(distinct) or (len(distinct) <= 12 and known >= 2))


def _some_say_no(distinct: dict[str, None]) -> bool:
    """Whether a group is called "unsubscribed" or "do not mail": its people are parted from the others by hand."""
    return any(
        is_distinct(part) and STATUS_WORDS[part] > Status.SUBSCRIBED and STATUS_WORDS[part] != Status.BLOCKED
        for text in distinct
        for one in _BETWEEN.split(text)
        if (part := word(one.strip(" []'\"")))
    )


def _all_words(distinct: dict[str, None]) -> bool:
    return all(text in STATUS_WORDS for text in distinct)


def _only(distinct: dict[str, None], allowed: frozenset[str]) -> bool:
    return all(text in allowed for text in distinct)
