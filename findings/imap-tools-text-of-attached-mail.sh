#!/usr/bin/env bash
# imap-tools 1.16.0 takes the words of an attached or returned mail for the words of the mail itself.
#
# A message/rfc822 part is another mail (RFC 2046, 5.2.1): what hangs on an answer, or comes back in a bounce (RFC 6522).
# MailMessage.text and .html go on into it, also where it is an attachment with a name, and join what they find without
# a space. A reader that looks for "unsubscribe" in what people answer finds its own newsletter's footer and takes people
# off the list who wrote thanks; one that judges a bounce by its words judges our words.
#
# Seen with imap-tools 1.16.0:
#   answer: text 'Thank you, see you there!To unsubscribe, follow this link.', html '', attached message/rfc822 spring.eml
#   bounce: text 'No such user here.To unsubscribe, follow this link.', html '', attached message/rfc822
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "imap-tools==1.16.0"
cat > "$folder/ask.py" <<'PYTHON'
from imap_tools import MailMessage

OURS = """From: Harbour Choir <news@choir.example>
To: reader@post.example
Subject: Rehearsals in spring
MIME-Version: 1.0
Content-Type: text/plain

To unsubscribe, follow this link."""
MAILS = {
    "answer": f"""From: reader@post.example
To: news@choir.example
Subject: Re: Rehearsals in spring
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=edge

--edge
Content-Type: text/plain

Thank you, see you there!
--edge
Content-Type: message/rfc822
Content-Disposition: attachment; filename=spring.eml

{OURS}
--edge--
""",
    "bounce": f"""From: MAILER-DAEMON@post.example
To: news@choir.example
Subject: Undelivered mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=edge

--edge
Content-Type: text/plain

No such user here.
--edge
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.post.example

Final-Recipient: rfc822; reader@post.example
Action: failed
Status: 5.1.1

--edge
Content-Type: message/rfc822

{OURS}
--edge--
""",
}
for name, mail in MAILS.items():
    message = MailMessage.from_bytes(mail.replace("\n", "\r\n").encode())
    attached = ", ".join(f"{one.content_type} {one.filename}".strip() for one in message.attachments)
    print(f"{name}: text {message.text!r}, html {message.html!r}, attached {attached}")
PYTHON
seen=$("$folder/venv/bin/python" "$folder/ask.py")
echo "$seen"
expected="answer: text 'Thank you, see you there!To unsubscribe, follow this link.', html '', attached message/rfc822 spring.eml
bounce: text 'No such user here.To unsubscribe, follow this link.', html '', attached message/rfc822"
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
