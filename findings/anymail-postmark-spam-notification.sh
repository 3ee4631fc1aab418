#!/usr/bin/env bash
# django-anymail 15.2 calls a mail that a recipient's server refused as spam a complaint of the recipient.
#
# Postmark sends Type "SpamNotification" when the receiving server blocks the mail or its filter classes it as spam: a
# bounce, by no person. django-anymail normalises it to event_type "complained", the same as Postmark's own
# "SpamComplaint", for which somebody pressed a button. Whoever suppresses by event_type loses everybody behind a strict
# filter, and counts them as complaints. What tells the two apart is RecordType and Type in esp_event.
#
# Seen with django-anymail 15.2 and Django 5.2:
#   SpamNotification -> complained (RecordType Bounce)
#   SpamComplaint -> complained (RecordType SpamComplaint)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "django==5.2" "django-anymail[postmark]==15.2"
cat > "$folder/ask.py" <<'PYTHON'
import json

import django
from django.conf import settings

settings.configure(SECRET_KEY="x", USE_TZ=True, INSTALLED_APPS=["anymail"], ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
django.setup()
from anymail.signals import tracking
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from django.test import RequestFactory

urlpatterns = []
heard = []
tracking.connect(lambda sender, event, esp_name, **_: heard.append(event), weak=False)
view = PostmarkTrackingWebhookView.as_view()
common = {
    "ID": 4323372036854775807, "ServerID": 23, "MessageStream": "broadcast", "Name": "", "Tag": "autumn",
    "MessageID": "00000000-0000-0000-0000-000000000077", "Metadata": {}, "Email": "ana@mail.example",
    "From": "news@nordlicht.example", "BouncedAt": "2026-11-28T10:00:00Z", "DumpAvailable": False, "Inactive": False,
    "CanActivate": True, "Subject": "Autumn books", "Description": "", "Details": "554 5.7.1 Rejected as spam by our filter",
}
for record_type, kind, code in (("Bounce", "SpamNotification", 512), ("SpamComplaint", "SpamComplaint", 100001)):
    body = json.dumps({**common, "RecordType": record_type, "Type": kind, "TypeCode": code})
    request = RequestFactory().post("/", body, content_type="application/json")
    assert view(request).status_code == 200
    event = heard[-1]
    print(f"{event.esp_event['Type']} -> {event.event_type} (RecordType {event.esp_event['RecordType']})")
PYTHON
seen=$(cd "$folder" && "$folder/venv/bin/python" -W ignore ask.py)
echo "$seen"
expected="SpamNotification -> complained (RecordType Bounce)
SpamComplaint -> complained (RecordType SpamComplaint)"
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
