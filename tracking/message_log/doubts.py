"""Messages that may have arrived, with all that helps a person to decide about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from delivery import ledger
from tracking.message_log import messages, wording
from tracking.message_log.messages import Happened
from tracking.reports.people import Person


@dataclass(frozen=True, slots=True)
class Doubt:
    """`how` ends in the words of a server or the system: hostile text. `heard` is of programs: people's acts settle."""

    person: Person
    at: datetime | None
    provider: str
    how: str
    heard: list[Happened]

    @property
    def is_left(self) -> bool:
        return bool(self.person.words.why)


def doubts(people: Sequence[Person]) -> list[Doubt]:
    ids = [person.message_id for person in people]
    known, heard = ledger.broken(ids), messages.events_by_message(ids)
    return [_doubt(person, known.get(person.message_id), heard.get(person.message_id, [])) for person in people]


def _doubt(person: Person, broken: ledger.Broken | None, heard: list[Happened]) -> Doubt:
    if broken is None:
        return Doubt(person, None, "", person.reply, heard)
    stage = wording.STAGES.get(broken.stage, "")
    how = ": ".join(filter(None, [stage, broken.text]))
    return Doubt(person, broken.at, broken.provider, how, heard)
