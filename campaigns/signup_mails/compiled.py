"""A sign-up's mail as bytes: the same for everybody but for its address, its numbers and its own link.

A confirmation goes to people who have agreed to nothing yet: no advertising, nothing counted, nothing that a stranger
typed into the form. It is told apart from bulk mail by Auto-Submitted (RFC 3834).
"""

import time
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from urllib.parse import quote

from accounts.brands import colours
from campaigns.content.blocks.look import is_rtl
from campaigns.message.encoding import address_header, ascii_address, header, one_line, quoted_printable
from campaigns.signup_mails.models import SignupMail
from delivery import tokens, verp
from delivery.content import Parts, Recipient
from delivery.models import Batch
from tracking.public import addresses

_PARAGRAPH = "margin:0 0 16px;font-size:16px;line-height:1.5"


class CompiledSignup:
    """delivery.content.Compiled"""

    dot_safe = True  # quoted_printable begins no line with a dot, header() folds at spaces

    def __init__(self, mail: SignupMail, batch_id: int) -> None:
        self._mail = mail
        self._batch_id = batch_id
        self._base = str(mail.organisation.get("public_address", "")).rstrip("/")
        self._sender = ascii_address(mail.sender_email)
        self._domain = self._sender.rpartition("@")[2]
        self._return_domain = str(mail.organisation.get("bounce_domain", "")) or self._domain
        self._from = address_header("From", mail.sender_name, self._sender)
        self._boundary = f"=_{mail.digest[:24]}"

    def envelope_from(self, recipient: Recipient) -> str:
        return verp.address(recipient.message_id, self._return_domain)

    def build(self, recipient: Recipient) -> bytes:
        email = ascii_address(recipient.email)
        part = "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        raw = (
            f"{self._from}{address_header('To', '', email)}{header('Subject', self._mail.subject)}"
            f"Date: {format_datetime(datetime.fromtimestamp(int(time.time()), UTC))}\r\n"
            f"Message-ID: <{self._message_id(recipient)}>\r\n"
            f"{''.join(f'{name}: {value}{_END}' for name, value in self._own_headers(recipient))}"
            "MIME-Version: 1.0\r\n"
            f'Content-Type: multipart/alternative; boundary="{self._boundary}"\r\n\r\n'
            f"--{self._boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n{part}"
            f"{quoted_printable(self._text(recipient))}\r\n"
            f"--{self._boundary}\r\nContent-Type: text/html; charset=utf-8\r\n{part}"
            f"{quoted_printable(self._html(recipient))}\r\n--{self._boundary}--\r\n"
        )
        return raw.encode("ascii")

    def parts(self, recipient: Recipient) -> Parts:
        name = one_line(self._mail.sender_name)
        headers = [
            ("From", f"{name} <{self._sender}>" if name else self._sender),
            ("To", recipient.email),
            ("Message-ID", f"<{self._message_id(recipient)}>"),
            *self._own_headers(recipient),
        ]
        return Parts(headers, self._mail.subject, self._html(recipient), self._text(recipient))

    def _own_headers(self, recipient: Recipient) -> list[tuple[str, str]]:
        own = [("Auto-Submitted", "auto-generated")]
        if leaving := self._leaving(recipient):
            own += [
                ("List-Unsubscribe", f"<{leaving}>"),
                ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            ]
        return own

    def _message_id(self, recipient: Recipient) -> str:
        return f"{tokens.of_message(recipient.message_id).message_id}@{self._domain}"

    def _link(self, recipient: Recipient) -> str:
        return addresses.confirm_url(self._base, recipient.message_id)

    def _leaving(self, recipient: Recipient) -> str:
        if self._mail.kind == SignupMail.Kind.CONFIRM:
            return ""
        return addresses.unsubscribe_url(self._base, recipient.contact_id or 0, self._batch_id)

    def _text(self, recipient: Recipient) -> str:
        words = self._mail.words
        blocks = [words["text"].strip()]
        if words["button"]:
            blocks.append(f"{words['button']}: {self._link(recipient)}")
        if words["footer"]:
            blocks.append(words["footer"])
        if words["leave"]:
            blocks.append(f"{words['leave']}: {self._leaving(recipient)}")
        return "\n\n".join([*blocks, f"-- \n{self._imprint()}"]) + "\n"

    def _html(self, recipient: Recipient) -> str:
        mail, words = self._mail, self._mail.words
        direction = "rtl" if is_rtl(mail.language) else "ltr"
        text = "".join(f'<p style="{_PARAGRAPH}">{_lines(block)}</p>' for block in _blocks(words["text"]))
        small = "margin:24px 0 0;font-size:14px;line-height:1.5;color:#5f6368"
        after = [f'<p style="{small}">{escape(words["footer"])}</p>'] if words["footer"] else []
        if words["leave"]:
            link = f'<a href="{_href(self._leaving(recipient))}" style="color:#5f6368">{escape(words["leave"])}</a>'
            after.append(f'<p style="{small}">{link}</p>')
        after.append(f'<p style="{small}">{escape(self._imprint())}</p>')
        return (
            f'<!doctype html><html lang="{escape(mail.language)}" dir="{direction}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{escape(mail.subject)}</title></head>"
            '<body style="margin:0;padding:0;background:#ffffff;color:#23262b;font-family:Arial,Helvetica,sans-serif">'
            '<table role="presentation" border="0" cellpadding="0" cellspacing="0" width="100%"><tr>'
            '<td style="padding:32px 20px"><div style="max-width:560px;margin:0 auto">'
            f"{text}{self._button(recipient)}{''.join(after)}</div></td></tr></table></body></html>\n"
        )

    def _button(self, recipient: Recipient) -> str:
        words = self._mail.words
        if not words["button"]:
            return ""
        colour = str(self._mail.organisation.get("colour") or "#1f4fa8")
        style = (
            f"display:inline-block;padding:12px 28px;border-radius:6px;background:{colour};color:{colours.on(colour)};"
            "font-size:16px;font-weight:bold;text-decoration:none"
        )
        link = f'<a href="{_href(self._link(recipient))}" style="{style}">{escape(words["button"])}</a>'
        return f'<p style="margin:24px 0">{link}</p>'

    def _imprint(self) -> str:
        said = self._mail.organisation
        return ", ".join(filter(None, (one_line(said.get("name", "")), one_line(said.get("postal_address", "")))))


def load(batch: Batch) -> CompiledSignup:
    """What delivery.content calls for a batch of kind "signup"."""
    return CompiledSignup(SignupMail.objects.get(pk=batch.content_id), batch.pk)


_END = "\r\n"


def _blocks(text: str) -> list[str]:
    return [block for block in text.replace("\r\n", "\n").split("\n\n") if block.strip()]


def _lines(block: str) -> str:
    return "<br>".join(escape(line) for line in block.strip().split("\n"))


def _href(address: str) -> str:
    return escape(quote(address, safe=":/?#[]@!$&'()*+,;=%~-._"))
