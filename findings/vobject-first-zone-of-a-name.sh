#!/usr/bin/env bash
# vobject 0.9.9 reads every calendar file by the first VTIMEZONE of that name that its process has seen.
#
# RFC 5545, 3.2.19: a TZID means what the VTIMEZONE of the same calendar object says. Files of one event carry the rules
# that their event needs, so two files say different years under the name Europe/Berlin, and both are right. vobject
# registers the first and leaves the second out: a summer event of the second file is read by the first one's winter, an
# hour off. In a process of its own the same file is read right.
#
# Seen with vobject 0.9.9, an event at 19:00 in Berlin on 1 July 2027:
#   alone: 2027-07-01 17:00 UTC
#   after another file: 2027-07-01 18:00 UTC
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "vobject==0.9.9"
cat > "$folder/ask.py" <<'PYTHON'
import sys
from datetime import timezone

import vobject

WINTER = ["BEGIN:STANDARD", "DTSTART:20251026T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "END:STANDARD"]
SUMMER = ["BEGIN:DAYLIGHT", "DTSTART:20270328T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "END:DAYLIGHT"]


def file(rules, begins):
    zone = ["BEGIN:VTIMEZONE", "TZID:Europe/Berlin", *rules, "END:VTIMEZONE"]
    event = ["BEGIN:VEVENT", "UID:1", "DTSTAMP:20260101T000000Z", f"DTSTART;TZID=Europe/Berlin:{begins}", "END:VEVENT"]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//EN", *zone, *event, "END:VCALENDAR", ""])


if "after" in sys.argv:
    vobject.readOne(file(WINTER, "20260115T190000"))
begins = vobject.readOne(file(WINTER + SUMMER, "20270701T190000")).vevent.dtstart.value
print(begins.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"))
PYTHON
seen="alone: $("$folder/venv/bin/python" "$folder/ask.py")
after another file: $("$folder/venv/bin/python" "$folder/ask.py" after)"
echo "$seen"
expected="alone: 2027-07-01 17:00 UTC
after another file: 2027-07-01 18:00 UTC"
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
