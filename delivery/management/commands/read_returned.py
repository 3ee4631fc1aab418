"""A way in for what comes back: a mail server pipes it here, or somebody hands in what lies in files."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from delivery.feedback import settling
from delivery.feedback.intake import LARGEST_BYTES
from delivery.models import Returned

TRY_AGAIN = 75  # sysexits.h EX_TEMPFAIL: a mail server keeps the mail and pipes it once more


class Command(BaseCommand):
    help = (
        "Read what came back of our mail (bounces, complaints, automatic answers): one mail from standard input, or "
        "several from files. It counts by our own sealed return address or Message-ID in it, whoever hands it in."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", help="Mails; without any, one is read from standard input.")
        parser.add_argument("--to", default="", metavar="ADDRESS", help="The envelope recipient, if known.")

    def handle(self, *args: Any, files: list[str], to: str, **options: Any) -> None:
        if not files:
            self.stdout.write(self._read(sys.stdin.buffer.read(LARGEST_BYTES), to))
        for name in files:
            try:
                with open(name, "rb") as file:
                    raw = file.read(LARGEST_BYTES)
            except OSError as problem:
                raise CommandError(f"{name}: {problem.strerror}") from problem
            self.stdout.write(f"{name}: {self._read(raw, to)}")

    def _read(self, raw: bytes, to: str) -> str:
        try:
            return settling.hand_in(raw, way=Returned.Way.PIPE, envelope_to=to).words
        except DatabaseError as problem:
            words = "The database does not answer, so nothing was taken. Hand it in again."
            raise CommandError(words, returncode=TRY_AGAIN) from problem
