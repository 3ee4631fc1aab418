"""Takes over a newer list of networks from a file that its owner publishes."""

import tomllib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tracking.scoring import published
from tracking.scoring.networks import Network


class Command(BaseCommand):
    help = "Take over the networks of a cloud provider or mail filter from the file it publishes (docs/machines.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("owner", help='as the table names it, for example "Amazon Web Services"')
        parser.add_argument("kind", choices=[kind.value for kind in Network if kind])
        parser.add_argument("file", type=Path, help="JSON, CSV or a network a line")

    def handle(self, *, owner: str, kind: str, file: Path, **_: Any) -> None:
        try:
            found = published.prefixes(file.read_text())
        except (OSError, UnicodeDecodeError) as problem:
            raise CommandError(f"{file} cannot be read: {problem}") from problem
        if not found:
            raise CommandError(f"{file} names no network.")
        table: Path = settings.NETWORKS_FILE
        rows = tomllib.loads(table.read_text())["network"] if table.exists() else []
        kept = [row for row in rows if (row["owner"], row["kind"]) != (owner, kind)]
        new = {"owner": owner, "kind": kind, "source": file.name, "prefixes": found}
        beside = table.with_suffix(".new")
        beside.write_text(published.as_table([*kept, new]))
        beside.replace(table)
        self.stdout.write(f"{len(found):,} networks of {owner} are in {table}. The intake reads them when it starts.")
