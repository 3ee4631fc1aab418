"""Import a file of people from the command line; see docs/importing.md."""

import json
import sys
from argparse import ArgumentTypeError
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from contacts.importing.columns.questions import DISREGARD, NoSuchAnswer, Question
from contacts.importing.reading.detecting import NotReadable
from contacts.importing.running import commanding
from contacts.importing.running.foretelling import Fate

UNDECIDED = 3


class Command(BaseCommand):
    help = "Import people from a CSV, TSV or text file. Exit 3, and nothing done, while a question is open."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--list", default="", metavar="NAME", help="put them on this list; made if there is none")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and do nothing")
        parser.add_argument(
            "--answer",
            action="append",
            default=[],
            type=_answer,
            metavar="COLUMN=TARGET",
            help="answer a question, or overrule a guess; COLUMN:VALUE=TARGET for one word in it",
        )
        parser.add_argument("--consent", default="", metavar="WORDS", help="how they agreed; kept as the proof")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of words")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with commanding.imported(
                options["file"],
                list_name=" ".join(options["list"].split())[:120],
                answers=options["answer"],
                is_dry=options["dry_run"],
                consent_text=options["consent"] or "Imported by command.",
            ) as people:
                (self._write_json if options["json"] else self._write_words)(people, options["dry_run"])
        except commanding.Undecided as undecided:
            self._ask(undecided.questions, as_json=options["json"])
            sys.exit(UNDECIDED)
        except (NotReadable, NoSuchAnswer, commanding.Failed, OSError) as problem:
            raise CommandError(str(problem)) from None

    def _write_json(self, people: Iterator[Fate], _is_dry: bool) -> None:
        self.stdout.write('{"people": [', ending="")
        between = ""
        for fate in people:
            self.stdout.write(between + json.dumps(fate.to_json(), ensure_ascii=False), ending="")
            between = ", "
        self.stdout.write('], "questions": []}')

    def _write_words(self, people: Iterator[Fate], is_dry: bool) -> None:
        numbers: Counter[str] = Counter()
        for fate in people:
            numbers[fate.becomes] += 1
            if fate.reason:
                self.stdout.write(f"{fate.email}: {fate.becomes}. {fate.reason}")
        summed = ", ".join(f"{number:,} {becomes}" for becomes, number in numbers.most_common())
        self.stdout.write(f"{'Would be' if is_dry else 'Importing'}: {summed or 'nobody'}")

    def _ask(self, questions: list[Question], *, as_json: bool) -> None:
        if as_json:
            asked = [question.to_json() for question in questions]
            self.stdout.write(json.dumps({"people": [], "questions": asked}, ensure_ascii=False))
            return
        for question in questions:
            answer = f"={DISREGARD}" if question.confirms else "=…"
            self.stdout.write(f"{question.words} Answer with --answer {question.column + answer!r}")


def _answer(text: str) -> tuple[str, str]:
    column, equals, target = text.rpartition("=")
    if not equals or not column:
        raise ArgumentTypeError("Write COLUMN=TARGET.")
    return column, target.strip()
