"""By which clock people live, whether they said so or it was guessed."""

from collections.abc import Sequence

from accounts.calendar import timezones
from contacts.segments.known import Known
from contacts.segments.predicate import Sql
from contacts.segments.registry import Condition, Input, Values

_HOW = {
    "is": "is",
    "one-of": "is one of",
    "is-not": "is not",
    "said": "is known from themselves",
    "guessed": "is guessed",
    "unknown": "is not known",
}
_ZONE = "coalesce(nullif(c.time_zone, ''), c.guessed_time_zone)"


class TimeZone(Condition):
    key = "time-zone"
    label = "Time zone"
    missing = "A guess counts like a word, unless you ask how it is known."

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        how = Input("how", "comparison", options=tuple(_HOW.items()))
        match values.get("how", "is"):
            case "is" | "is-not":
                return [how, Input("zone", "time zone", "text", suggestions=timezones.names())]
            case "one-of":
                label = "time zones, with commas between them"
                return [how, Input("zone", label, "text", suggestions=timezones.names())]
        return [how]

    def problem(self, values: Values, known: Known) -> str:
        found = super().problem(values, known)
        if found or "zone" not in {control.name for control in self.inputs(values, known)}:
            return found
        unknown = next((name for name in _typed(values) if not timezones.find(name)), "")
        return (
            f"There is no time zone “{unknown[:40]}”. Choose one of the list, such as Europe/Berlin." if unknown else ""
        )

    def sql(self, values: Values, known: Known) -> Sql:
        match values["how"]:
            case "said":
                return Sql("c.time_zone <> ''")
            case "guessed":
                return Sql("c.time_zone = '' AND c.guessed_time_zone <> ''")
            case "unknown":
                return Sql("c.time_zone = '' AND c.guessed_time_zone = ''")
        zones = [timezones.find(name) or name for name in _typed(values)]
        compared = "NOT (%s)" if values["how"] == "is-not" else "%s"
        return Sql(f"{_ZONE} <> '' AND {compared.replace('%s', f'{_ZONE} = ANY(%s)')}", [zones])

    def words(self, values: Values, known: Known) -> str:
        zones = " or ".join(timezones.find(name) or name for name in _typed(values)) if values.get("zone") else ""
        return f"whose time zone {_HOW[values['how']]} {zones}".strip()

    def shown(self, values: Values, known: Known) -> Sql:
        return Sql(
            "CASE WHEN c.time_zone <> '' THEN c.time_zone WHEN c.guessed_time_zone <> ''"
            " THEN c.guessed_time_zone || ' (guessed)' ELSE '' END"
        )


def _typed(values: Values) -> Sequence[str]:
    """One name; several only where several are asked for."""
    text = values.get("zone", "")
    return (
        [name.strip() for name in text.split(",") if name.strip()] if values.get("how") == "one-of" else [text.strip()]
    )
