"""What the page of columns still needs before the file can be checked: all of it at once, each with its place there."""

from collections.abc import Iterable, Sequence

from accounts.open_points import OpenPoint
from accounts.wording import isolated
from contacts.importing.columns.questions import Question
from contacts.importing.plan import Plan


def open_points(plan: Plan, header: Sequence[str], asked: Iterable[Question]) -> list[OpenPoint]:
    """In the order of the page. What the form below asks of the whole file is none of them."""
    found = [OpenPoint(_place(question), _quoted(question.column), question.wanted) for question in asked]
    if plan.email_column is None:
        found.append(OpenPoint("column-0", "Columns", "Choose “E-mail address” beside the one that holds them."))
    for index, words in clashes(plan, header).items():
        found.append(OpenPoint(f"column-{index}", _quoted(header[index]), words))
    return found


def clashes(plan: Plan, header: Sequence[str]) -> dict[int, str]:
    """For columns that go where an earlier one goes already what to do."""
    return {
        index: f"It goes to the same place as {_quoted(header[earlier])}. Choose another for one of them."
        for index, earlier in plan.clashes.items()
    }


def _place(question: Question) -> str:
    return f"meaning-{question.index}-0" if question.values else f"answer-{question.index}"


def _quoted(name: str) -> str:
    return f"“{isolated(name)}”" if name else "A column without a name"
