"""Finished mails to begin with look like spam to nobody: SpamAssassin's own rules, without asking the network."""

import re
import shutil
import subprocess

import pytest

from campaigns import starters
from campaigns.content import mjml
from tests.campaigns import mails

_MOST_POINTS = 0.5
_RECEIVED = (
    "From nobody Sun Nov 29 09:00:00 2026\n"
    "Received: from mail.nordlicht.example (mail.nordlicht.example [198.18.0.5]) by mx.example.org with ESMTPS\n"
)


@pytest.mark.skipif(not shutil.which("spamassassin"), reason="SpamAssassin is not installed")
@pytest.mark.django_db
@pytest.mark.usefixtures("organisation")
def test_starters_score_below_half_a_point() -> None:
    """Takes some seconds: one process reads its rules once for all of them."""
    found = starters.all()
    brand = mjml.Brand("Nordlicht", mails.ADDRESS, public_address=mails.BASE)
    letters = []
    for starter in found:
        html = mjml.compile(starter.document, brand, title=starter.subject, preheader=starter.preheader)
        raw = mails.compiled(mails.edition(html, subject=starter.subject)).build(mails.recipient(first_name="Ana"))
        letters.append(_RECEIVED + raw.decode().replace("\r\n", "\n"))
    scanned = subprocess.run(
        ["spamassassin", "--local", "--mbox"], input="\n".join(letters), capture_output=True, text=True, check=True
    )
    points = [
        float(score) for score in re.findall(r"^X-Spam-Status: \w+, score=(-?[\d.]+)", scanned.stdout, re.MULTILINE)
    ]
    assert len(points) == len(found)
    assert max(points) < _MOST_POINTS, dict(zip((starter.key for starter in found), points, strict=True))
