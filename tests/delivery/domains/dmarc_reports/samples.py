"""Reports of our own making, in the shapes in which large receivers send theirs."""

import gzip
import io
import zipfile
from base64 import encodebytes
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

NAME = "nordlicht.example"


@dataclass(frozen=True)
class Line:
    ip: str = "192.0.2.10"
    mails: int = 100
    spf: str = "pass"
    dkim: str = "pass"
    disposition: str = "none"
    from_domain: str = NAME
    spf_domain: str = NAME
    dkim_domain: str = NAME
    reason: str = ""


def xml(
    lines: Sequence[Line] = (Line(),),
    *,
    reporter: str = "google.com",
    number: str = "1",
    domain: str = NAME,
    day: date = date(2026, 11, 20),
    root: str = "<feedback>",
    more: str = "",
    head: str = '<?xml version="1.0" encoding="UTF-8" ?>',
) -> str:
    begins = datetime(day.year, day.month, day.day, tzinfo=UTC)
    ends = begins + timedelta(days=1, seconds=-1)
    records = "\n".join(map(_record, lines))
    return f"""{head}
{root}
  <report_metadata>
    <org_name>{reporter}</org_name><email>noreply@{reporter}</email><report_id>{number}</report_id>
    <date_range><begin>{int(begins.timestamp())}</begin><end>{int(ends.timestamp())}</end></date_range>
  </report_metadata>
  <policy_published><domain>{domain}</domain><adkim>r</adkim><aspf>r</aspf><p>none</p>{more}</policy_published>
{records}
</feedback>
"""


def _record(line: Line) -> str:
    reason = f"<reason><type>{line.reason}</type><comment>x</comment></reason>" if line.reason else ""
    return f"""  <record>
    <row><source_ip>{line.ip}</source_ip><count>{line.mails}</count>
      <policy_evaluated><disposition>{line.disposition}</disposition><dkim>{line.dkim}</dkim><spf>{line.spf}</spf>{reason}
      </policy_evaluated></row>
    <identifiers><header_from>{line.from_domain}</header_from></identifiers>
    <auth_results>
      <dkim><domain>other.example</domain><result>fail</result><selector>x</selector></dkim>
      <dkim><domain>{line.dkim_domain}</domain><result>{line.dkim}</result><selector>s1</selector></dkim>
      <spf><domain>{line.spf_domain}</domain><result>{line.spf}</result></spf>
    </auth_results>
  </record>"""


def gzipped(text: str | bytes) -> bytes:
    return gzip.compress(text.encode() if isinstance(text, str) else text)


def zipped(text: str | bytes, name: str = "report.xml") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return made.getvalue()


def mail(content: bytes, kind: str = "application/gzip", name: str = "", subject: str = "") -> bytes:
    """A mail that is nothing but its attachment, as Google sends them."""
    name = name or f"google.com!{NAME}!1795132800!1795219199.xml.gz"
    subject = subject or f"Report domain: {NAME} Submitter: google.com Report-ID: 1"
    head = (
        f"From: noreply-dmarc-support@google.com\r\nTo: dmarc@returns.{NAME}\r\nSubject: {subject}\r\n"
        "MIME-Version: 1.0\r\n"
        f'Content-Type: {kind}; name="{name}"\r\nContent-Disposition: attachment; filename="{name}"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + encodebytes(content)


def with_words(content: bytes, kind: str = "application/gzip", name: str = "report.xml.gz") -> bytes:
    """Words in front and the attachment behind, as Microsoft and Yahoo send them."""
    attached = mail(content, kind, name).partition(b"MIME-Version: 1.0\r\n")[2]
    return (
        b"From: dmarcreport@microsoft.com\r\nSubject: [Preview] Report Domain: nordlicht.example Submitter: x\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b1"\r\n\r\n--b1\r\n'
        b"Content-Type: text/html\r\n\r\n<div>This is a DMARC aggregate report.</div>\r\n--b1\r\n"
        + attached
        + b"\r\n--b1--\r\n"
    )


GOOGLE = mail(zipped(xml()), "application/zip", f"google.com!{NAME}!1795132800!1795219199.zip")
MICROSOFT = with_words(
    gzipped(
        xml(
            root='<feedback xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
            ' xmlns:xsd="http://www.w3.org/2001/XMLSchema">\n<version>1.0</version>',
            reporter="Enterprise Outlook",
            more="<sp>none</sp><pct>100</pct><fo>0</fo>",
        )
    )
)
YAHOO = with_words(gzipped(xml(root='<feedback xmlns="http://dmarc.org/dmarc-xml/0.1">', reporter="Yahoo")))
RFC_9990 = mail(
    gzipped(
        xml(
            [replace(Line(), disposition="pass")],
            root='<feedback xmlns="urn:ietf:params:xml:ns:dmarc-2.0">\n<version>1.0</version>',
            reporter="receiver.example",
            more="<np>none</np><testing>n</testing><discovery_method>treewalk</discovery_method>",
        )
    )
)
_PREFIXED = xml(root="<ns2:feedback>", reporter="x.example").replace("</feedback>", "</ns2:feedback>")
UNBOUND_PREFIX = mail(gzipped(_PREFIXED))
