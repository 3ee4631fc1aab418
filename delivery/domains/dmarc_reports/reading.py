"""Out of a mail the report that it brings. Pure; never raises; what comes in is hostile."""

import binascii
import re
from dataclasses import dataclass

from delivery.bounces import mime
from delivery.domains.dmarc_reports import parsing, unpacking
from delivery.domains.dmarc_reports.parsing import NoReport, Report
from delivery.domains.dmarc_reports.unpacking import Unpackable

# RFC 9990 names mail and file so; neither is needed where the content is a report.
_SUBJECT = re.compile(r"report\s*domain\s*:", re.IGNORECASE)
_FILE = re.compile(r"""name\*?=\s*"?[^";!]{3,250}![^";!]{3,253}!\d{9,11}!\d{9,11}""", re.IGNORECASE)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """A report, or why what claims to be one is none."""

    report: Report | None
    problem: str = ""


def read(raw: bytes) -> Reading | None:
    """None: the mail brings no report, and does not say so."""
    try:
        return _read(raw)
    except Exception:  # what hostile text brings a library to is no report
        return None


def _read(raw: bytes) -> Reading | None:
    headers, parts = mime.leaves(raw)
    claims = bool(_SUBJECT.search(mime.words(mime.first(headers, "subject"))))
    problem = ""
    for part in parts:
        called = f"{mime.first(part.headers, 'content-disposition')};{mime.first(part.headers, 'content-type')}"
        names_a_report = bool(_FILE.search(called))
        try:
            content = unpacking.unpacked(_unencoded(part))
            if content is not None and b"<" in content[:2_000]:
                return Reading(parsing.parse(content))
        except (Unpackable, NoReport) as refusal:
            if (claims and not part.kind.startswith("text/html")) or names_a_report:
                problem = problem or str(refusal)
        claims = claims or names_a_report
    if not claims:
        return None
    return Reading(None, problem or "It says that it brings a report, and has none attached.")


def _unencoded(part: mime.Part) -> bytes:
    """Whole, unlike what a bounce is read from."""
    encoding = mime.first(part.headers, "content-transfer-encoding").lower()
    if encoding == "base64":
        letters = _NOT_BASE64.sub(b"", part.body)
        return binascii.a2b_base64(letters[: len(letters) // 4 * 4])
    return binascii.a2b_qp(part.body) if encoding == "quoted-printable" else part.body
