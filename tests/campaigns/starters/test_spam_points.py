"""Templates look like spam to nobody: by the own rules of two filters, without asking the network."""

import http.client
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from campaigns import starters
from campaigns.content import mjml
from tests.campaigns import mails
from tests.running import free_port, until

_MOST_POINTS = 0.5
_RECEIVED = (
    "From nobody Sun Nov 29 09:00:00 2026\n"
    "Received: from mail.nordlicht.example (mail.nordlicht.example [198.18.0.5]) by mx.example.org with ESMTPS\n"
)
# What the server that took the mail tells rspamd of who brought it.
_BROUGHT = {
    "IP": "198.18.0.5",
    "Helo": "mail.nordlicht.example",
    "Hostname": "mail.nordlicht.example",
    "Rcpt": "ana@example.org",
}
_OF_THE_SERVER = "HFILTER_"  # rules that ask the DNS about whoever brought the mail
_RSPAMD = """
.include "/etc/rspamd/common.conf"
options {{
  pidfile = "{folder}/pid"; tempdir = "{folder}"; hs_cache_dir = "{folder}"; cache_file = "{folder}/symbols";
  filters = "chartable,dkim,regexp"; url_tld = "{folder}/tld";
  dns {{ nameserver = ["127.0.0.1:9"]; timeout = 50ms; retransmits = 1; }}
}}
logging {{ type = "console"; level = "error"; }}
worker "normal" {{ bind_socket = "127.0.0.1:{port}"; count = 1; }}
"""


def letters() -> dict[str, bytes]:
    """Each template as somebody gets it."""
    brand = mjml.Brand("Nordlicht", mails.ADDRESS, public_address=mails.BASE)
    made = {}
    for starter in starters.all():
        html = mjml.compile(starter.document, brand, title=starter.subject, preheader=starter.preheader)
        edition = mails.edition(html, subject=starter.subject)
        made[starter.key] = mails.compiled(edition).build(mails.recipient(first_name="Ana"))
    return made


@pytest.mark.skipif(not shutil.which("spamassassin"), reason="needs SpamAssassin (Debian: apt install spamassassin)")
@pytest.mark.django_db
@pytest.mark.usefixtures("organisation")
def test_templates_score_below_half_a_point_of_spamassassin() -> None:
    """Takes some seconds: one process reads its rules once for all of them."""
    found = letters()
    box = "\n".join(_RECEIVED + raw.decode().replace("\r\n", "\n") for raw in found.values())
    scanned = subprocess.run(
        ["spamassassin", "--local", "--mbox"], input=box, capture_output=True, text=True, check=True
    )
    points = [
        float(score) for score in re.findall(r"^X-Spam-Status: \w+, score=(-?[\d.]+)", scanned.stdout, re.MULTILINE)
    ]
    assert len(points) == len(found)
    assert max(points) < _MOST_POINTS, dict(zip(found, points, strict=True))


@pytest.mark.skipif(not shutil.which("rspamd"), reason="needs rspamd (Debian: apt install rspamd)")
@pytest.mark.django_db
@pytest.mark.usefixtures("organisation")
def test_templates_score_below_half_a_point_of_rspamd(tmp_path: Path) -> None:
    """Takes some seconds: it compiles its rules."""
    with rspamd(tmp_path) as port:
        found = {key: judged(port, raw) for key, raw in letters().items()}
    rules = {
        key: {name: one["score"] for name, one in answer["symbols"].items() if not name.startswith(_OF_THE_SERVER)}
        for key, answer in found.items()
    }
    assert max(sum(points.values()) for points in rules.values()) < _MOST_POINTS, rules
    assert all("MIME_GOOD" in answer["symbols"] for answer in found.values())  # its rules were asked


@contextmanager
def rspamd(folder: Path) -> Iterator[int]:
    """With few endings of domains: it compiles thousands of them for minutes on a busy machine."""
    port = free_port()
    (folder / "tld").write_text("com\norg\nexample\n")
    (folder / "conf").write_text(_RSPAMD.format(folder=folder, port=port))
    command = ["rspamd", "-i", "-f", "-c", str(folder / "conf"), f"--var=DBDIR={folder}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        until(lambda: _answers(port), 240)
        yield port
    finally:
        process.terminate()
        process.wait(60)


def _answers(port: int) -> bool:
    with suppress(OSError, http.client.HTTPException):
        return bool(judged(port, b"Subject: Hello\r\n\r\nHello\r\n"))
    return False


def judged(port: int, raw: bytes) -> dict[str, Any]:
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    asked.request("POST", "/checkv2", raw, _BROUGHT)
    return json.loads(asked.getresponse().read())  # type: ignore[no-any-return]
