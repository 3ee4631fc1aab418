"""A header of the service that carries a mail, with the mail's number in it: its reports give that back.

Most replace our Message-ID by one of their own, and tell nothing of the envelope. Amazon tells the envelope sender,
Mailgun and Postal keep the Message-ID: they need no header. Each of these is taken off by its service, but Resend's.
"""

from delivery import tokens

_HEADERS = {
    "brevo": "X-Mailin-custom: {}",
    "mailersend": "X-MailerSend-Tags: {}",
    "mailjet": "X-MJ-CustomID: {}",
    "mandrill": 'X-MC-Metadata: {{"tallypost":"{}"}}',
    "postmark": "X-PM-Metadata-tallypost: {}",
    "resend": "X-Tallypost: {}",
    "sendgrid": 'X-SMTPAPI: {{"unique_args":{{"tallypost":"{}"}}}}',
    "sparkpost": 'X-MSYS-API: {{"metadata":{{"tallypost":"{}"}}}}',
}


def header(service: str, message_id: int) -> bytes:
    """One line with its end; nothing for a service that needs none, or for a mail that is in no books."""
    form = _HEADERS.get(service)
    if form is None or not message_id:
        return b""
    return f"{form.format(tokens.seal(tokens.MESSAGE_ID, message_id))}\r\n".encode("ascii")
