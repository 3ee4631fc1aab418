"""Whatever receivers call and pack their reports, and whatever strangers send in their stead."""

import io
import zipfile
from dataclasses import replace

import pytest

from delivery.domains.dmarc_reports import reading
from delivery.domains.dmarc_reports.parsing import Report
from delivery.feedback.reading.reader import Reader
from tests.delivery.domains.dmarc_reports import samples
from tests.delivery.domains.dmarc_reports.samples import Line, gzipped, mail, xml, zipped

RARE = gzipped(xml(reporter="Größe", head='<?xml version="1.0" encoding="windows-1252"?>').encode("cp1252"))


def report(raw: bytes) -> Report:
    found = reading.read(raw)
    assert found is not None
    assert found.report is not None, found.problem
    return found.report


@pytest.mark.parametrize(
    ("raw", "reporter"),
    [
        (samples.GOOGLE, "google.com"),
        (samples.MICROSOFT, "Enterprise Outlook"),
        (samples.YAHOO, "Yahoo"),
        (samples.RFC_9990, "receiver.example"),
        (samples.UNBOUND_PREFIX, "x.example"),
        (mail(xml(reporter="plain.example").encode(), "text/xml"), "plain.example"),
        (mail(gzipped(xml(reporter="o.example")), "application/octet-stream", "report"), "o.example"),
        (mail(gzipped("\ufeff" + xml(reporter="b.example"))), "b.example"),
        (mail(gzipped(xml(reporter="u.example", head="").encode("utf-16"))), "u.example"),
        (mail(RARE), "Größe"),
    ],
)
def test_reports_of_all_kinds_are_read(raw: bytes, reporter: str) -> None:
    found = report(raw)
    assert (found.reporter, found.number, found.domain, found.policy, found.mails) == (
        reporter,
        "1",
        samples.NAME,
        "none",
        100,
    )
    (row,) = found.rows
    assert (row.ip, row.spf, row.dkim, row.dkim_domain, row.dkim_selector) == (
        "192.0.2.10",
        True,
        True,
        samples.NAME,
        "s1",
    )


def test_lines_that_say_the_same_are_one_and_those_without_sense_are_left_out() -> None:
    lines = [Line(mails=3), Line(mails=4, ip="::ffff:192.0.2.10"), Line(ip="nowhere"), Line(ip="2001:db8::1", mails=0)]
    found = report(mail(gzipped(xml(lines))))
    assert (len(found.rows), found.mails) == (1, 7)


@pytest.mark.parametrize(
    ("broken", "reporter"),
    [
        (xml(reporter="Brot & Brezel"), "Brot & Brezel"),
        (xml(reporter="a &amp; b & c"), "a & b & c"),
        (xml(reporter="Post <dmarc@post.example>"), "Post <dmarc@post.example>"),  # OpenDMARC, whose address has a name
        (xml(reporter="a < b"), "a < b"),
        (xml(reporter="\x0bPost\x00"), "Post"),
        ("\n\n" + xml(), "google.com"),
        (xml(reporter="Gr\udcf6\udcdfe"), "Gr\ufffd\ufffde"),
    ],
)
def test_a_report_that_was_written_by_hand_is_read(broken: str, reporter: str) -> None:
    found = report(mail(gzipped(broken.encode("utf-8", "surrogateescape"))))
    assert (found.reporter, found.mails) == (reporter, 100)


def test_a_reason_is_kept_of_mail_that_fared_other_than_the_policy_asks() -> None:
    """OpenDMARC 1.4 gives "local_policy" as the reason of each mail, whatever became of it."""
    local = Line(reason="local_policy")
    failed = replace(local, spf="fail", dkim="fail", disposition="reject")
    below = replace(failed, from_domain=f"a.{samples.NAME}", disposition="quarantine")
    lines = [local, failed, replace(failed, disposition="none"), below, replace(below, disposition="none")]
    told = xml(lines, more="<sp>quarantine</sp>").replace("<p>none", "<p>reject")
    assert [(row.disposition, row.reason) for row in report(mail(gzipped(told))).rows] == [
        ("none", ""),
        ("reject", ""),
        ("none", "local_policy"),
        ("quarantine", ""),
        ("none", "local_policy"),
    ]


BOMB = b"<feedback>" + b" " * 3_000_000
LAUGHS = '<?xml version="1.0"?><!DOCTYPE feedback [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE feedback SYSTEM "file:///etc/hostname">'


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (mail(gzipped(xml())[:-20]), "cut off"),
        (mail(gzipped(BOMB)), "far larger"),
        (mail(zipped(BOMB)), "far larger"),
        (mail(gzipped(xml())[:30] + b"\xff" * 400), "damaged"),
        (mail(zipped(xml())[:-40]), "damaged or cut off"),
        (mail(gzipped(xml(head=LAUGHS, reporter="&b;"))), "document type"),
        (mail(gzipped(xml(head=OUTSIDE))), "document type"),
        (mail(gzipped("<feedback>" + "<a>" * 50)), "nested"),
        (mail(gzipped(xml()[:-30])), "broken at line"),
        (mail(gzipped("<html></html>")), "no DMARC report"),
        (mail(gzipped(xml([]))), "counts no mail"),
        (mail(gzipped(xml(number=""))), "whose report"),
        (mail(gzipped(xml().replace("<begin>1", "<begin>9"))), "which days"),
        (mail(b"hello", "text/plain"), "none attached"),
    ],
)
def test_what_claims_to_be_one_and_is_none_says_why(raw: bytes, why: str) -> None:
    found = reading.read(raw)
    assert found is not None
    assert found.report is None
    assert why in found.problem


def test_other_mail_is_no_report() -> None:
    raw = mail(b"PK\x03\x04 holiday", "application/zip", "holiday.zip", subject="Our holiday")
    assert reading.read(raw) is None
    assert reading.read(mail(b"<feedback/>", "text/xml", "a.xml", subject="Feedback")) is None


def test_a_zip_of_several_files_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number in range(12):
            archive.writestr(f"{number}.xml", xml())
    found = reading.read(mail(made.getvalue(), "application/zip"))
    assert found is not None
    assert "many files" in found.problem


def test_the_child_reads_them_under_its_limits() -> None:
    """It can open no file any more: neither for a zip's names nor for a rare encoding."""
    reader = Reader()
    try:
        said = list(reader.read([samples.GOOGLE, samples.MICROSOFT, mail(RARE), mail(gzipped(BOMB))]))
    finally:
        reader.close()
    found = [one.dmarc for one in said if one and one.dmarc]
    reporters = [one.report.reporter if one.report else None for one in found]
    assert reporters == ["google.com", "Enterprise Outlook", "Größe", None]
    assert found[0] == reading.read(samples.GOOGLE)
    assert "far larger" in found[3].problem
