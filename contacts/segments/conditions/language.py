"""What people read, whether they said so or it was guessed."""

from collections.abc import Sequence

from contacts.guessing import languages
from contacts.segments.known import Known
from contacts.segments.predicate import Sql
from contacts.segments.registry import Condition, Input, Values

_HOW = {
    "is": "is",
    "is-not": "is not",
    "said": "is known from themselves",
    "guessed": "is guessed",
    "unknown": "is not known",
}
# pt-BR is Portuguese, too.
_LANGUAGE = languages.READ.format(contact="c")


class Language(Condition):
    key = "language"
    label = "Language"
    missing = "A guess counts like a word, unless you ask how it is known."

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        how = Input("how", "comparison", options=tuple(_HOW.items()))
        if values.get("how", "is") not in ("is", "is-not"):
            return [how]
        return [how, Input("language", "language", options=languages.choices())]

    def sql(self, values: Values, known: Known) -> Sql:
        match values["how"]:
            case "said":
                return Sql("c.language <> ''")
            case "guessed":
                return Sql("c.language = '' AND c.guessed_language <> ''")
            case "unknown":
                return Sql("c.language = '' AND c.guessed_language = ''")
        sign = "=" if values["how"] == "is" else "<>"
        return Sql(f"{_LANGUAGE} <> '' AND {_LANGUAGE} {sign} %s", [values["language"]])

    def words(self, values: Values, known: Known) -> str:
        name = languages.name_of(values["language"]) if values.get("language") else ""
        return f"whose language {_HOW[values['how']]} {name}".strip()

    def shown(self, values: Values, known: Known) -> Sql:
        return Sql(
            "CASE WHEN c.language <> '' THEN c.language WHEN c.guessed_language <> ''"
            " THEN c.guessed_language || ' (guessed)' ELSE '' END"
        )
