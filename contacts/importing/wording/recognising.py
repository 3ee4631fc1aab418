"""Whether a column speaks of consent, told from its name and its cells: understood or asked about, not overlooked."""

import re
import unicodedata
from collections.abc import Sequence

from contacts.importing.plan import Column, Status, Target
from contacts.importing.wording.cell_words import NO, STATUS_WORDS, YES, is_distinct
from contacts.importing.wording.concepts import (
    concepts,
    file_meanings,
    is_plain,
    meanings,
    speaks_of_mail,
    tell_of_leaving,
)
from contacts.importing.wording.judging import is_date, is_enhanced_reply, word
from contacts.importing.wording.naming import word_set, words
from contacts.importing.wording.vocabulary import MAIL, MAIL_WITHIN, Concept

_ASK = Column(Target.ASK)
_NOTHING_TO_SAY = Column()
_PROOF = Column(Target.PROOF)  # when, from where or how somebody agreed
_NEGATIVE = {
    Concept.COMPLAINED: Target.COMPLAINED,
    Concept.BOUNCED: Target.BOUNCED,
    Concept.LEFT: Target.OPTED_OUT,
    Concept.BLOCKED: Target.OPTED_OUT,
    Concept.UNCONFIRMED: Target.UNCONFIRMED,
}
_OTHER_CHANNELS = word_set(
    "sms phone telephone telefon telefono telefoon mobile mobil handy call calls whatsapp push fax postal "
    "viber rcs messenger tracking cookie cookies facebook gclid mms browser webpush track digest post telephonic text "
    "sell trade share partner partners partenaires partnern third"
)
_CHANNEL_WITHIN = re.compile("sms|whatsapp|telefon|phone|postal|viber")
_HAPPENINGS = word_set("opened open clicked clicks click sent delivered read viewed html geoffnet geklickt ouvert")
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
_FAILURES = word_set("failed failure fail undelivered undeliverable returned rejected error bounced unsuccessful")
_IN_AND_OUT = word_set("in out")
# "Abuse prevention training", "Spam policy read": about what somebody learnt, not about what somebody reported.
_LESSONS = word_set(
    "training course workshop seminar prevention awareness policy certificate helpline counsellor counselor schulung "
    "kurs formation formacion curso corso cursus szkolenie"
)
_PLACES = word_set("state estado stato etat staat stan stav")
_REASONS = word_set("reason grund motif motivo reden powod")
_GROUPS = word_set(
    "tag tags group groups gruppe gruppen groupe groupes grupo grupos list lists liste listen listes lista listas "
    "segment segments segmente label labels category categories kategorie kategorien etiquetas etiquettes"
)
_FEW = 12
_LONGEST_PHRASE = 60
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
    if _is_of_another_channel(name_words):
        return _NOTHING_TO_SAY if found else None
    if _LESSONS.intersection(name_words):
        found -= {Concept.COMPLAINED}
    if _is_failing(name_words, distinct) or _is_in_or_out(name_words, distinct):
        return _ASK
    negative = [concept for concept in _NEGATIVE if concept in found]
    positive = found & {Concept.AGREED, Concept.CONFIRMED}
    if Concept.UNCLEAR in found or (Concept.ENDED in found and not is_status):
        return _ASK if not _only(distinct, NO) else _NOTHING_TO_SAY
    if negative and positive:
        return Column(Target.STATUS) if cells and _all_words(distinct) else _ASK
    if negative:
        return _told_by_presence(negative, is_status, name_words, distinct)
    if positive:
        return _told_by_absence(positive, is_status, name_words, values, distinct)
    if Concept.STATUS in found:
        return _status(name_words, distinct)
    if (
        Concept.WEAK in found
        and not (_COMMERCE | _HAPPENINGS).intersection(name_words)
        and (weak := _told_by_weak_name(name_words, distinct)) is not None
    ):
        return weak
    if (
        distinct
        and _only(distinct, YES | NO)
        and (speaks_of_mail(name_words) or _is_unreadable(name_words, found))
        and not _HAPPENINGS.intersection(name_words)
    ):
        return _ASK
    if _GROUPS.intersection(name_words):
        return _ASK if _some_say_no(distinct) or tell_of_leaving(list(distinct)) else None
    return _told_by_cells_alone(name_words, distinct)


def file_status(file_name: str) -> Status | None:
    """What the name of a file says about everybody in it; UNKNOWN where it says two things."""
    found = file_meanings(file_name)
    if not found:
        return None
    return max(found) if len(found) == 1 or min(found) > Status.SUBSCRIBED else Status.UNKNOWN


def _told_by_presence(
    negative: list[Concept], is_status: bool, name_words: tuple[str, ...], distinct: dict[str, None]
) -> Column:
    if distinct and all(text.startswith(("http://", "https://")) for text in distinct):
        return _NOTHING_TO_SAY  # a link to unsubscribe
    numbers = [text for text in distinct if _is_number(text) and len(text) < 7]
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
    if any(text in YES or text in NO for text in distinct) and all(map(_is_decidable, distinct)):
        return Column(target)  # a day or a "no"
    if all(map(is_date, distinct)):
        is_everywhere = all(word(value) for value in values)
        return _PROOF if is_everywhere else Column(Target.ASK, kind="date")
    if is_status:
        return Column(Target.STATUS)
    if _PROVENANCE.intersection(name_words):
        return _ASK if any(map(_says_no, distinct)) else _PROOF
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


def _is_failing(name_words: tuple[str, ...], distinct: dict[str, None]) -> bool:
    """ "Delivery status: failed" may be a mail's, or a parcel's: unless the name says of what, somebody has to tell."""
    is_about_delivery = "delivery" in name_words and not (_OTHER_STATUSES - {"delivery"}).intersection(name_words)
    return is_about_delivery and not _FAILURES.isdisjoint(distinct)


def _is_unreadable(name_words: tuple[str, ...], found: frozenset[Concept]) -> bool:
    """A name in letters of which we know few words: what its yes and no are about, somebody has to say."""
    letters = (letter for letter in "".join(name_words) if letter.isalpha())
    return not found and any(not unicodedata.name(letter, "").startswith("LATIN") for letter in letters)


def _is_in_or_out(name_words: tuple[str, ...], distinct: dict[str, None]) -> bool:
    is_named_so = (_IN_AND_OUT | {"or"}).issuperset(name_words) or speaks_of_mail(name_words)
    return is_named_so and "out" in distinct and _IN_AND_OUT.issuperset(distinct)


def _is_of_another_channel(name_words: tuple[str, ...]) -> bool:
    if MAIL.intersection(name_words):
        return False
    glued_name = "".join(name_words)
    return bool(
        _OTHER_CHANNELS.intersection(name_words)
        or (_CHANNEL_WITHIN.search(glued_name) and not MAIL_WITHIN.search(glued_name))
    )


def _told_by_weak_name(name_words: tuple[str, ...], distinct: dict[str, None]) -> Column | None:
    """Of consent if the cells are: "Newsletter" may also hold the name of one."""
    if not distinct:
        return None
    if _only(distinct, YES | NO) or ("0" in distinct and all(text == "0" or is_date(text) for text in distinct)):
        return Column(Target.OPTED_IN) if is_plain(name_words) else _ASK
    if _all_words(distinct):
        return Column(Target.STATUS)
    is_counted = all(map(_is_number, distinct))
    return _ASK if not is_counted and any(map(_says_no, distinct)) else None  # "weekly" or "never"


def _told_by_cells_alone(name_words: tuple[str, ...], distinct: dict[str, None]) -> Column | None:
    """What the cells say of consent, whatever the column is called."""
    known = sum(map(is_distinct, distinct))
    if known and (known == len(distinct) or (len(distinct) <= _FEW and (known >= 2 or _some_say_no(distinct)))):
        return Column(Target.STATUS)
    if distinct and sum(map(is_enhanced_reply, distinct)) * 2 > len(distinct):
        return Column(Target.STATUS, meanings=(("", int(Status.SUBSCRIBED)),))
    if _OTHER_STATUSES.intersection(name_words) or _COMMERCE.intersection(name_words):
        return None
    if len(distinct) > 1 and _all_words(distinct) and not _only(distinct, YES | NO) and any(map(_says_no, distinct)):
        return _ASK  # "Member": active or inactive
    return _ASK if tell_of_leaving(list(distinct)) else None


def _says_no(text: str) -> bool:
    if text in NO or STATUS_WORDS.get(text, Status.SUBSCRIBED) > Status.SUBSCRIBED:
        return True
    said = meanings(text) if len(text) <= _LONGEST_PHRASE else set()
    return bool(said) and min(said) > Status.SUBSCRIBED


def _is_number(text: str) -> bool:
    return text.isascii() and text.replace(".", "", 1).isdigit()


def _is_decidable(text: str) -> bool:
    return text in YES or text in NO or text in STATUS_WORDS or is_date(text)


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
