#!/usr/bin/env bash
# icalendar 7.3.2 begins daylight and standard time in a VTIMEZONE at the hour that the clocks are set to.
#
# RFC 5545, 3.6.5: the onset (DTSTART, RDATE) is local time by the clock before the change, TZOFFSETFROM. In Berlin clocks
# go forward at 02:00, and an onset of 02:00 with TZOFFSETFROM +0100 says so. Calendar.add_missing_timezones() writes
# 03:00 with TZOFFSETFROM +0100: daylight time begins an hour late, at 02:00 UTC instead of 01:00 UTC. The way back is
# right. Whoever opens an event in that hour with another program sees it an hour off.
#
# Seen with icalendar 7.3.2, Europe/Berlin:
#   DAYLIGHT 03:00 from +01:00 to +02:00
#   STANDARD 03:00 from +02:00 to +01:00
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "icalendar==7.3.2"
cat > "$folder/ask.py" <<'PYTHON'
from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

event = Event()
event.add("uid", "1")
event.add("dtstart", datetime(2026, 3, 29, 19, tzinfo=ZoneInfo("Europe/Berlin")))
calendar = Calendar()
calendar.add_component(event)
calendar.add_missing_timezones()
for kind in ("DAYLIGHT", "STANDARD"):
    found = calendar.walk(kind)[-1]
    hours = [found[name].td.seconds // 3600 for name in ("TZOFFSETFROM", "TZOFFSETTO")]
    print(f"{kind} {found['DTSTART'].dt:%H:%M} from +{hours[0]:02}:00 to +{hours[1]:02}:00")
PYTHON
seen=$("$folder/venv/bin/python" "$folder/ask.py")
echo "$seen"
expected="DAYLIGHT 03:00 from +01:00 to +02:00
STANDARD 03:00 from +02:00 to +01:00"
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
