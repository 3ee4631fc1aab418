"""Whether a proof sheet's file is what this installation made."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaigns.proof import signing
from campaigns.proof.signing import Verdict

WORDS = {
    Verdict.GENUINE: "Genuine: made here, and no letter of it was changed.",
    Verdict.ALTERED: "Altered: its content is not what was signed.",
    Verdict.FOREIGN: "Not signed here: another installation made it, or the key was changed since.",
    Verdict.UNREADABLE: "Unreadable: this is no proof sheet.",
}


class Command(BaseCommand):
    help = "Check the digest and the signature of the proof sheet in FILE. Ends with 1 unless it is genuine."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="proof-….json as it was downloaded")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = options["file"].read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as problem:
            raise CommandError(f"{options['file']} cannot be read: {problem}", returncode=2) from problem
        verdict = signing.verify_text(text)
        self.stdout.write(WORDS[verdict])
        if verdict != Verdict.GENUINE:
            raise SystemExit(1)
