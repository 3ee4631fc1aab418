"""What SpamAssassin gives a mail on this machine, if it is installed: by its own rules, without asking the network."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from tempfile import TemporaryDirectory

from django.core.cache import cache

from campaigns.review import spam_rules

_PROGRAM = "spamassassin"
_SECONDS = 60
_KEPT_SECONDS = 86_400
_LIMIT = 5.0  # from which it calls a mail spam
_SETTINGS = ("add_header all Report _REPORT_", "use_bayes 0", "report_safe 0")
# As the server of a recipient would have noted it; without it the rules about servers that passed it on all count.
_RECEIVED = b"Received: from mail.sender.example (mail.sender.example [198.18.0.5]) by mx.example.org with ESMTPS\r\n"
_STATUS = re.compile(r"^X-Spam-Status:.*?score=(-?[\d.]+)", re.MULTILINE | re.DOTALL)
_RULE = re.compile(r"^\s+\*\s+(-?\d+\.\d+)\s+([A-Z][A-Z0-9_]+)\s+(.*)$")
_GOES_ON = re.compile(r"^\s+\*\s+(?!-?\d+\.\d)(.*)$")


class NoVerdict(Exception):
    """Its text may be shown."""


@dataclass(frozen=True, slots=True)
class Rule:
    points: float
    name: str
    words: str  # SpamAssassin's own

    @property
    def told(self) -> spam_rules.Told:
        return spam_rules.told(self.name, self.words)


@dataclass(frozen=True, slots=True)
class Verdict:
    points: float
    rules: list[Rule]  # the gravest first; those without points left out

    @property
    def kind(self) -> str:
        if self.points >= _LIMIT:
            return "bad"
        return "warn" if self.points >= _LIMIT / 2 else "good"

    @property
    def words(self) -> str:
        return {"bad": "Spam", "warn": "Doubtful"}.get(self.kind, "Good")


def is_installed() -> bool:
    return shutil.which(_PROGRAM) is not None


def known(mail: Sequence[str]) -> Verdict | None:
    """What it said within a day of the mail that says this."""
    stored = cache.get(_key(mail))
    return _read(stored) if stored else None


def ask(mail: Sequence[str], raw: bytes) -> Verdict:
    """`raw`: the mail that says this. Takes seconds: the program reads all its rules. Raises NoVerdict."""
    if found := known(mail):
        return found
    verdict = parse(_output(raw))
    cache.set(_key(mail), json.dumps(asdict(verdict)), _KEPT_SECONDS)
    return verdict


def _output(raw: bytes) -> str:
    settings = [f"--cf={one}" for one in _SETTINGS]
    with TemporaryDirectory() as home:
        try:
            done = subprocess.run(
                [_PROGRAM, "--local", "--nocreate-prefs", f"--prefspath={home}/none", *settings],
                input=_RECEIVED + raw,
                capture_output=True,
                timeout=_SECONDS,
                check=True,
                env={"PATH": os.environ.get("PATH", ""), "HOME": home, "LANG": "C.UTF-8"},
            )
        except subprocess.TimeoutExpired:
            raise NoVerdict(f"SpamAssassin did not answer within {_SECONDS} seconds. Ask again later.") from None
        except (OSError, subprocess.CalledProcessError):
            raise NoVerdict("SpamAssassin could not judge the mail. Run it by hand to see why.") from None
    return done.stdout.decode(errors="replace")


def parse(output: str) -> Verdict:
    """From the mail with the headers that SpamAssassin has put on it. Raises NoVerdict."""
    head = output.replace("\r\n", "\n").partition("\n\n")[0]
    status = _STATUS.search(head)
    if not status:
        raise NoVerdict("SpamAssassin answered in a way that is not understood.")
    rules: list[Rule] = []
    for line in head.split("\n"):
        if found := _RULE.match(line):
            rules.append(Rule(float(found[1]), found[2], found[3].strip()))
        elif rules and (more := _GOES_ON.match(line)):
            rules[-1] = Rule(rules[-1].points, rules[-1].name, f"{rules[-1].words} {more[1].strip()}".strip())
    counted = [rule for rule in rules if abs(rule.points) >= 0.05]
    return Verdict(float(status[1]), sorted(counted, key=lambda rule: -abs(rule.points)))


def _key(mail: Sequence[str]) -> str:
    return f"spam-points:{blake2b(json.dumps(list(mail)).encode(), digest_size=16).hexdigest()}"


def _read(stored: str) -> Verdict:
    found = json.loads(stored)
    return Verdict(found["points"], [Rule(**rule) for rule in found["rules"]])
