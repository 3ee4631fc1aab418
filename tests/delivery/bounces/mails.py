"""Reports put together by hand, where no server of ours writes such a one."""

RETURNED = (
    "Return-Path: <bounce+0110ab@nordlicht.example>\nFrom: News <news@nordlicht.example>\nTo: <ana@mailbox.example>\n"
    "Subject: News of the week\nMessage-ID: <AQE1@nordlicht.example>\n"
)
FROM_A_SERVER = (
    "Return-Path: <>\nFrom: MAILER-DAEMON@relay.example (Mail Delivery System)\n"
    "To: bounce+0110ab@nordlicht.example\nSubject: Undelivered Mail Returned to Sender\n"
    "Date: Sat, 28 Nov 2026 12:00:00 +0000\nMIME-Version: 1.0\n"
)


def report(
    fields: str, *, text: str = "It did not work.", kind: str = "message/delivery-status", returned: str = RETURNED
) -> bytes:
    """`fields`: of the recipient, and before a blank line of the message."""
    return (
        f'{FROM_A_SERVER}Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n\n"
        f"--b\nContent-Type: {kind}\n\nReporting-MTA: dns; relay.example\n\n{fields}\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\n{returned}\n--b--\n"
    ).encode()


def prose(text: str, *, headers: str = FROM_A_SERVER) -> bytes:
    return f"{headers}Content-Type: text/plain; charset=utf-8\n\n{text}\n".encode()


def answer(text: str, *, sender: str = "Ana <ana@mailbox.example>", headers: str = "Subject: Re: News\n") -> bytes:
    return f"From: {sender}\nTo: bounce+0110ab@nordlicht.example\n{headers}\n{text}\n".encode()
