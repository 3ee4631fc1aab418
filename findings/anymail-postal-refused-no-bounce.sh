#!/usr/bin/env bash
# django-anymail 15.2 tells of a mailbox that does not exist, where Postal sends, as of a mail that could not be made.
#
# Postal's MessageDeliveryFailed has status "HardFail" and the server's words in output as soon as a server refuses for
# good. anymail calls that "bounced" ("rejected or blocked by receiving MTA") of other providers; Postal's it normalises
# to "failed" ("unable to send the message (e.g., template rendering error)"), without a reject_reason. "bounced" is for
# reports that come back later alone. Whoever suppresses by "bounced" goes on writing to mailboxes whose server refuses
# at once, as most do; mta_response has its words.
#
# Seen with django-anymail 15.2, Django 5.2 and cryptography 46.0.3:
#   SoftFail, 452 4.2.2 The mailbox is full: deferred, reject_reason None
#   HardFail, 550 5.1.1 No such person here: failed, reject_reason None
#   a report that came back: bounced, reject_reason bounced
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "django==5.2" "django-anymail[postal]==15.2" \
    "cryptography==46.0.3"
cat > "$folder/ask.py" <<'PYTHON'
import json
from base64 import b64encode

import django
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

settings.configure(SECRET_KEY="x", USE_TZ=True, INSTALLED_APPS=["anymail"], ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
django.setup()
from anymail.signals import tracking
from anymail.webhooks.postal import PostalTrackingWebhookView
from django.test import RequestFactory

urlpatterns = []
heard = []
tracking.connect(lambda sender, event, esp_name, **_: heard.append(event), weak=False)
key = generate_private_key(65537, 2048)
public = b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
view = PostalTrackingWebhookView.as_view(webhook_key=public)
message = {
    "id": 77, "token": "tOkEn", "direction": "outgoing", "message_id": "77@postal.choir.example", "tag": "spring",
    "to": "reader@post.example", "from": "news@choir.example", "subject": "Spring", "timestamp": 1796040000.5,
    "spam_status": "NotChecked",
}


def sent(name, payload):
    event = {"event": name, "timestamp": 1796040001.5, "payload": payload, "uuid": f"{name}-1"}
    body = json.dumps(event).encode()
    signature = b64encode(key.sign(body, padding.PKCS1v15(), hashes.SHA1())).decode()
    request = RequestFactory().post("/", body, content_type="application/json", HTTP_X_POSTAL_SIGNATURE=signature)
    assert view(request).status_code == 200
    return f"{heard[-1].event_type}, reject_reason {heard[-1].reject_reason}"


for name, status, words in (
    ("MessageDelayed", "SoftFail", "452 4.2.2 The mailbox is full"),
    ("MessageDeliveryFailed", "HardFail", "550 5.1.1 No such person here"),
):
    payload = {
        "message": message, "status": status, "details": "An SMTP error occurred while sending", "output": words,
        "sent_with_ssl": True, "timestamp": 1796040001.4, "time": 0.2,
    }
    print(f"{status}, {words}: {sent(name, payload)}")
report = {**message, "id": 78, "token": "rEpOrT", "direction": "incoming", "from": "mailer-daemon@post.example"}
print("a report that came back:", sent("MessageBounced", {"original_message": message, "bounce": report}))
PYTHON
seen=$(cd "$folder" && "$folder/venv/bin/python" -W ignore ask.py)
echo "$seen"
expected="SoftFail, 452 4.2.2 The mailbox is full: deferred, reject_reason None
HardFail, 550 5.1.1 No such person here: failed, reject_reason None
a report that came back: bounced, reject_reason bounced"
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
