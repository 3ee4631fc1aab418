"""A mail's HTML checked without a campaign, by whoever automates or writes elsewhere."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaigns.review import checking
from campaigns.review.checking import Checked


class Command(BaseCommand):
    help = "Say what is wrong with the mail in FILE, and what a person would get. Ends with 1 when something blocks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="HTML as its author wrote it, in UTF-8")
        parser.add_argument("--person", type=Path, metavar="FILE", help="JSON with email, first_name and other fields")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        checked = checking.check(_read(options["file"]), _person(options["person"]))
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(checked), ensure_ascii=False))
        else:
            self.stdout.write(_in_words(checked))
        if checked.is_blocked:
            raise SystemExit(1)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise CommandError(f"{path} cannot be read: {problem}", returncode=2) from problem


def _person(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        person = json.loads(_read(path))
    except ValueError as problem:
        raise CommandError(f"{path} is no JSON: {problem}", returncode=2) from problem
    if not isinstance(person, dict):
        raise CommandError(f"{path} must hold one JSON object.", returncode=2)
    return person


def _as_json(checked: Checked) -> dict[str, Any]:
    return {
        "findings": [
            {"code": finding.code, "level": finding.level, "words": f"{finding.text} {finding.cure}"}
            for finding in checked.findings
        ],
        "html": checked.html,
        "text": checked.text,
        "links": [{"href": href, "target": target} for href, target in checked.links],
    }


def _in_words(checked: Checked) -> str:
    lines = [
        f"{'Blocks' if finding.level == 'block' else 'Warning'} ({finding.code}): {finding.text} {finding.cure}"
        for finding in checked.findings
    ]
    links = "1 link" if len(checked.links) == 1 else f"{len(checked.links)} links"
    lines += [f"{len(checked.html.encode()):,} bytes of HTML, {links}."] if checked.html else []
    return "\n".join(lines)
