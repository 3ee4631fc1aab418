"""The way in for complaints while there is no mailbox of ours: a mail server pipes them here."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from delivery.bounces import arf
from delivery.feedback import complaints


class Command(BaseCommand):
    help = (
        "Read one complaint (a mail in the form of RFC 5965 or of Microsoft's JMRP) from standard input, "
        "or several from files."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", help="Mails; without any, one is read from standard input.")

    def handle(self, *args: Any, files: list[str], **options: Any) -> None:
        if not files:
            self.stdout.write(complaints.receive(sys.stdin.buffer.read(arf.MAX_BYTES)))
        for name in files:
            with open(name, "rb") as file:
                self.stdout.write(f"{name}: {complaints.receive(file.read(arf.MAX_BYTES))}")
