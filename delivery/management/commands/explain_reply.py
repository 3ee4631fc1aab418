"""What a mail server's words mean to us, for whoever wants to know before or after the fact."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from delivery.replies import WORDS, Stage, Verdict, classify


class Command(BaseCommand):
    help = "Say what a mail server's reply means: whose fault it is, whether it suppresses, whether we try again."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("text", nargs="*", metavar="TEXT", help="The server's words, without the code.")
        parser.add_argument("--stage", required=True, choices=[str(stage) for stage in Stage], help="What it answered.")
        parser.add_argument("--code", required=True, type=int, help="The basic code, such as 550.")
        parser.add_argument("--enhanced", default="", help="The enhanced code, such as 5.1.1, if it stands apart.")
        parser.add_argument("--json", action="store_true", dest="as_json", help="Print one JSON object.")

    def handle(
        self, *args: Any, text: list[str], stage: str, code: int, enhanced: str, as_json: bool, **options: Any
    ) -> None:
        if not 200 <= code <= 599:
            raise CommandError("A reply's code has three digits, from 200 to 599.")
        if code < 400:
            raise CommandError("That is no refusal: the server agreed.")
        verdict = classify(stage, code, enhanced, " ".join(text))
        if as_json:
            self.stdout.write(json.dumps(explained(verdict)))
        else:
            self.stdout.write("\n".join(sentences(verdict)))


def explained(verdict: Verdict) -> dict[str, Any]:
    return {
        "category": str(verdict.category),
        "suppresses": verdict.suppresses,
        "retries": verdict.retries,
        "words": WORDS[verdict.category],
    }


def sentences(verdict: Verdict) -> list[str]:
    if verdict.suppresses:
        address = "The address gets no more mail."
    elif verdict.suppresses_when_confirmed:
        address = "The address gets no more mail if the same is said again a day or more later."
    else:
        address = "The address is not suppressed."
    again = "The message is tried again." if verdict.retries else "The message is not tried again."
    return [f"{WORDS[verdict.category]} ({verdict.category})", address, again]
