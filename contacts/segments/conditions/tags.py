"""Words that people carry."""

from collections.abc import Sequence

from contacts.segments.known import Known
from contacts.segments.predicate import Sql, decided, negated
from contacts.segments.registry import Condition, Input, Values, turned

_HOW = (("has", "has"), ("lacks", "does not have"))


class Tag(Condition):
    key = "tag"
    label = "A tag"
    missing = "Who carries no tag at all is in “does not have”."

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        return [Input("how", "comparison", options=_HOW), Input("tag", "tag", "text", suggestions=known.tags)]

    def sql(self, values: Values, known: Known) -> Sql:
        carries = Sql("c.attributes -> 'tags' ?| %s", [[values["tag"]]])
        return carries if values["how"] == "has" else negated(decided(carries))

    def opposite(self, values: Values) -> Values | None:
        return turned(values, ("has", "lacks"))

    def words(self, values: Values, known: Known) -> str:
        return f"{'with' if values['how'] == 'has' else 'without'} the tag {values['tag']}"

    def shown(self, values: Values, known: Known) -> Sql:
        return Sql(
            "coalesce((SELECT string_agg(tag, ', ' ORDER BY tag) FROM jsonb_array_elements_text("
            "CASE jsonb_typeof(c.attributes -> 'tags') WHEN 'array' THEN c.attributes -> 'tags' ELSE '[]' END"
            ") tag), '')"
        )
