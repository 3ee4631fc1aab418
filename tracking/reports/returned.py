"""What came back of the accepted: the second line of the tally, term by term, and why mails bounced."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection
from django.utils.http import urlencode

from delivery.feedback.second_line import SecondLine
from delivery.models import Term
from tracking.message_log import wording

NO_WORD = "no-word"
TERMS = {
    "delivered": ("Reported as delivered", Term.DELIVERED),
    "bounced-hard": ("Bounced for good", Term.HARD),
    "bounced-soft": ("Bounced for now", Term.SOFT),
    "complained": ("Marked as spam", Term.COMPLAINED),
}
LABELS = {key: label for key, (label, _) in TERMS.items()} | {NO_WORD: "No word"}
BOUNCED = frozenset({"bounced-hard", "bounced-soft"})
# What the people's states look like, as delivery says how a message stands.
KINDS = {"delivered": "good", "bounced-hard": "bad", "bounced-soft": "warn", "complained": "bad"}

DEFINITIONS = {
    "delivered": "The provider, or the receiving server, reported that it put the mail into the mailbox. Most never"
    " report that.",
    "bounced-hard": "Accepted at first, then returned for good: the address or its domain does not exist. Who does not"
    " exist is suppressed.",
    "bounced-soft": "Accepted at first, then returned for a reason that may pass: a full mailbox, a refusal of this"
    " mail. The next campaign goes there again.",
    "complained": "They marked the mail as spam, as far as mailbox providers tell us; Gmail names nobody. They are"
    " suppressed.",
    NO_WORD: "Nothing came back of it, which is how nearly all delivered mail behaves.",
}

# One table of reasons, which is looked at in words: beyond that, the first of them tell the same.
_COUNTED = 100_000


@dataclass(frozen=True, slots=True)
class Part:
    """One term of the second line; `url` leads to exactly those people."""

    key: str
    label: str
    people: int
    share: float | None
    definition: str
    url: str

    @property
    def in_line(self) -> str:
        """As it stands in the sentence."""
        return "delivered" if self.key == "delivered" else self.label[0].lower() + self.label[1:]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why some bounced, in our words. `said` is what a server said to one of them, hostile text that may name an
    address; empty where nobody may be named. The others' stand beside each of the people."""

    label: str
    kind: str
    words: str
    people: int
    url: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Reasons:
    rows: list[Reason]
    is_cut: bool  # more bounced than are looked through


def parts(line: SecondLine, people_url: str) -> list[Part]:
    """The terms after "accepted =". Who reports deliveries at all is a provider's choice, so without any that term is
    left out."""
    counts = {
        "delivered": line.delivered,
        "bounced-hard": line.hard,
        "bounced-soft": line.soft,
        "complained": line.complained,
        NO_WORD: line.no_word,
    }
    return [
        Part(
            key=key,
            label=LABELS[key],
            people=people,
            share=people / line.accepted if people and line.heard and line.accepted else None,
            definition=DEFINITIONS[key],
            url=_url(people_url, term=key),
        )
        for key, people in counts.items()
        if people or key != "delivered"
    ]


def reasons(batch_ids: Collection[int], people_url: str) -> Reasons:
    """The most frequent first."""
    with connection.cursor() as cursor:
        cursor.execute(_REASONS, [list(batch_ids), [int(TERMS[key][1]) for key in BOUNCED], _COUNTED + 1])
        rows = cursor.fetchall()
    keys = {int(term): key for key, (_, term) in TERMS.items()}
    found = [
        Reason(
            label=LABELS[keys[term]],
            kind=KINDS[keys[term]],
            words=wording.of_bounce(category) or category,
            people=people,
            url=_url(people_url, term=keys[term], reason=category),
            said=said if people_url else "",
        )
        for term, category, people, said in rows
    ]
    return Reasons(found, sum(reason.people for reason in found) > _COUNTED)


def _url(people_url: str, **query: str) -> str:
    return f"{people_url}?{urlencode(query)}" if people_url else ""


CATEGORY = "coalesce(nullif(f.category, ''), 'unknown')"
# SQL: a server's words, of a row of delivery_feedbackevent; most of them name the status themselves.
SAID = "CASE WHEN strpos(diagnostic, status) > 0 THEN diagnostic ELSE trim(status || ' ' || diagnostic) END"
_REASONS = f"""
SELECT r.term, r.category, r.people, coalesce(e.said, '') FROM (
    SELECT f.term, {CATEGORY} AS category, count(*) AS people, max(f.message_id) AS message_id FROM (
        SELECT term, category, message_id FROM delivery_feedback
        WHERE batch_id = ANY(%s) AND term = ANY(%s) LIMIT %s) f
    GROUP BY 1, 2) r
LEFT JOIN LATERAL (
    SELECT {SAID} AS said FROM delivery_feedbackevent
    WHERE message_id = r.message_id AND kind = 'bounce' ORDER BY id DESC LIMIT 1) e ON true
ORDER BY r.people DESC, r.term DESC, r.category
"""  # noqa: S608
