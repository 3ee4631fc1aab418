#!/usr/bin/env bash
# flufl.bounce 6.0.0, which reads bounces for Mailman, finds nobody in the reports of mail that went out by SMTPUTF8.
#
# RFC 6533 (section 3): where an address or an answer may have letters beyond ASCII, the machine's part of a bounce is a
# message/global-delivery-status, with the fields of RFC 3464. Postfix and Courier write it for an address such as
# dörte@post.example, chasquid for every mail. flufl.bounce looks for message/delivery-status alone. So an address that
# is told of in the newer way is never taken off, however often it bounces, and the next campaign goes to it again.
#
# Seen with flufl.bounce 6.0.0, "550 5.1.1 User unknown" in each report:
#   message/delivery-status, plain address: permanent {b'anna@post.example'}, temporary set()
#   message/global-delivery-status, plain address: permanent set(), temporary set()
#   message/global-delivery-status, international address: permanent set(), temporary set()
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "flufl.bounce==6.0.0"
cat > "$folder/ask.py" <<'PYTHON'
from email import message_from_bytes

from flufl.bounce import all_failures

REPORT = """From: mailer-daemon@relay.example
To: returns@choir.example
Subject: Could not be delivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type={report}; boundary=edge

--edge
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

One address does not exist.
--edge
Content-Type: message/{kind}
Content-Transfer-Encoding: {encoding}

Reporting-MTA: dns; relay.example

Final-Recipient: {type}; {person}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--edge--
"""
PLAIN, INTERNATIONAL = "anna@post.example", "dörte@post.example"
OLD = {"kind": "delivery-status", "report": "delivery-status", "type": "rfc822", "encoding": "7bit"}
NEW = {"kind": "global-delivery-status", "report": "delivery-status", "type": "utf-8", "encoding": "8bit"}
for person, name, form in (
    (PLAIN, "plain", OLD), (PLAIN, "plain", {**NEW, "type": "rfc822"}), (INTERNATIONAL, "international", NEW)
):
    mail = message_from_bytes(REPORT.format(person=person, **form).encode())
    temporary, permanent = all_failures(mail)
    print(f"message/{form['kind']}, {name} address: permanent {set(permanent)}, temporary {set(temporary)}")
PYTHON
seen=$("$folder/venv/bin/python" "$folder/ask.py")
echo "$seen"
expected="message/delivery-status, plain address: permanent {b'anna@post.example'}, temporary set()
message/global-delivery-status, plain address: permanent set(), temporary set()
message/global-delivery-status, international address: permanent set(), temporary set()"
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
