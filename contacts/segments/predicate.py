"""SQL with its parameters apart: what conditions are made of. Values of people and of users never enter the text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Sql:
    """`text` with a %s for each of the `parameters`."""

    text: str
    parameters: Sequence[Any] = ()


NOBODY = Sql("false")
EVERYBODY = Sql("true")


def joined(parts: Iterable[Sql], word: str) -> Sql:
    """Parts in brackets with AND or OR between them."""
    found = list(parts)
    return Sql(
        f" {word} ".join(f"({part.text})" for part in found),
        [parameter for part in found for parameter in part.parameters],
    )


def negated(part: Sql) -> Sql:
    return Sql(f"NOT ({part.text})", part.parameters)


def decided(part: Sql) -> Sql:
    """True or false and never unknown: a value that is missing is in nothing."""
    return Sql(f"coalesce({part.text}, false)", part.parameters)


def named(part: Sql, prefix: str) -> tuple[str, dict[str, Any]]:
    """For a statement whose parameters have names."""
    pieces = part.text.split("%s")
    names = [f"{prefix}{number}" for number in range(len(pieces) - 1)]
    text = pieces[0] + "".join(f"%({name})s{piece}" for name, piece in zip(names, pieces[1:], strict=True))
    return text, dict(zip(names, part.parameters, strict=True))
