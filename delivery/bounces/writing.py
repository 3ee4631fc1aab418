"""Reports as mail servers and mailbox providers write them: for the sandbox, tests and measurements. Pure."""

from email.utils import formatdate
from uuid import uuid4

_HEADERS_KEPT = 32_768


def complaint(original: bytes, *, return_address: str, recipient: str) -> bytes:
    """Of one mail marked as spam (RFC 5965). Of the mail only its headers travel, as with most providers."""
    about = [
        "Feedback-Type: abuse",
        "User-Agent: Tallypost-Sandbox/1",
        "Version: 1",
        f"Original-Mail-From: <{return_address}>",
        f"Original-Rcpt-To: <{recipient}>",
    ]
    return _report(
        ["From: <feedback@sandbox.invalid>", "To: <complaints@sandbox.invalid>", "Subject: Marked as spam"],
        "feedback-report",
        "The recipient of the mail below marked it as spam.",
        "message/feedback-report",
        about,
        original,
    )


def delivery_report(
    original: bytes,
    *,
    return_address: str,
    recipient: str,
    status: str,
    words: str,
    action: str = "failed",
    server: str = "sandbox.invalid",
) -> bytes:
    """What became of one mail (RFC 3464). `status` by RFC 3463, `words` what the recipient's server said, `action` one
    of failed, delayed, delivered, relayed, expanded."""
    about = [
        f"Reporting-MTA: dns; {server}",
        f"Arrival-Date: {formatdate()}",
        "",
        f"Final-Recipient: rfc822; {recipient}",
        f"Original-Recipient: rfc822; {recipient}",
        f"Action: {action}",
        f"Status: {status}",
        f"Remote-MTA: dns; mx.{recipient.rpartition('@')[2]}",
        f"Diagnostic-Code: smtp; {words}",
    ]
    subject = {"failed": "Undelivered Mail Returned to Sender", "delayed": "Delayed Mail (still being retried)"}
    return _report(
        [
            f"From: Mail Delivery System <MAILER-DAEMON@{server}>",
            f"To: {return_address}",
            f"Subject: {subject.get(action, 'Successful Mail Delivery Report')}",
            f"Message-ID: <{uuid4().hex}@{server}>",
            "Auto-Submitted: auto-replied",
        ],
        "delivery-status",
        f"This is the mail system at host {server}.\r\n\r\n{_PROSE.get(action, _DELIVERED)}\r\n\r\n"
        f"<{recipient}>: host mx.{recipient.rpartition('@')[2]} said: {words}",
        "message/delivery-status",
        about,
        original,
    )


_DELIVERED = "Your message was successfully delivered to the destination listed below."
_PROSE = {
    "failed": "I'm sorry to have to inform you that your message could not be delivered to the recipient below.",
    "delayed": "Your message could not be delivered yet. You do not need to do anything; it is tried again.",
}


def _report(head: list[str], kind: str, prose: str, about_kind: str, about: list[str], original: bytes) -> bytes:
    boundary = f"report-{uuid4().hex}"
    headers = original[:_HEADERS_KEPT].partition(b"\r\n\r\n")[0]
    lines = [
        f"Date: {formatdate()}",
        *head,
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type={kind}; boundary="{boundary}"',
        "",
        f"--{boundary}",
        "Content-Type: text/plain; charset=utf-8",
        "",
        prose,
        "",
        f"--{boundary}",
        f"Content-Type: {about_kind}",
        "",
        *about,
        "",
        f"--{boundary}",
        "Content-Type: text/rfc822-headers",
        "",
    ]
    text = "".join(f"{line}\r\n" for line in lines).encode("utf-8", "replace")
    return text + headers + f"\r\n\r\n--{boundary}--\r\n".encode()
