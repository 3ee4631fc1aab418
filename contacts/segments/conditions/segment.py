"""People of another segment. A segment that leads back to itself is refused."""

from collections.abc import Sequence
from dataclasses import replace

from contacts.segments import compiling
from contacts.segments.known import Known, KnownSegment
from contacts.segments.predicate import NOBODY, Sql, decided, negated
from contacts.segments.registry import Condition, Input, Values, turned

_HOW = (("in", "in"), ("out", "not in"))


class InSegment(Condition):
    key = "segment"
    label = "Another segment"
    heading = "Lists and consent"
    missing = "Who lacks what its rules ask about counts there as each of its rows says."

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        others = [(str(key), segment.name) for key, segment in known.segments.items()]
        return [Input("how", "comparison", options=_HOW), Input("segment", "segment", options=others)]

    def problem(self, values: Values, known: Known) -> str:
        said = super().problem(values, known)
        if said:
            return said
        found, within = self._within(values, known)
        inner = next(iter(compiling.problems(found.rules, within)), "") if found else ""
        return f"The segment “{found.name}” cannot be asked: {inner}" if found and inner else ""

    def sql(self, values: Values, known: Known) -> Sql:
        found, within = self._within(values, known)
        if found is None:
            return NOBODY
        inside = decided(compiling.predicate(found.rules, within))
        return inside if values["how"] == "in" else negated(inside)

    def opposite(self, values: Values) -> Values | None:
        return turned(values, ("in", "out"))

    def words(self, values: Values, known: Known) -> str:
        found = known.segments.get(int(values["segment"]))
        name = f"“{found.name}”" if found else "a segment that is gone"
        return f"{'in' if values['how'] == 'in' else 'not in'} the segment {name}"

    def shown(self, values: Values, known: Known) -> Sql:
        inside = self.sql({**values, "how": "in"}, known)
        return Sql(f"CASE WHEN {inside.text} THEN 'in it' ELSE 'not in it' END", inside.parameters)

    def _within(self, values: Values, known: Known) -> tuple[KnownSegment | None, Known]:
        """The segment, and what its own rules may name: not itself."""
        key = int(values["segment"])
        others = {number: segment for number, segment in known.segments.items() if number != key}
        return known.segments.get(key), replace(known, segments=others)
