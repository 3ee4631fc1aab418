#!/usr/bin/env bash
# mailbot of maildrop 2.9.3 (Debian 12) writes abuse reports that do not say what they complain of.
#
# RFC 5965, 3.1: a report has Feedback-Type, User-Agent and Version, each exactly once. mailbot takes the first by -R, which
# its help calls "Feedback type", and leaves it out of every report, in both forms that it has. Senders who stop writing to
# whoever reports "abuse" find no such word, and as the mail has Auto-Submitted: auto-replied they may well file it with the
# answers from holidays: the person goes on getting mail. A report without a type is best taken as one of type "other".
#
# Seen with maildrop 2.9.3-2.1, by what was asked for:
#   -T feedback -R abuse: Arrival-Date User-Agent Version
#   -T feedback -R fraud: Arrival-Date User-Agent Version
#   -T replyfeedback -R abuse: Arrival-Date User-Agent Version
#   -T replyfeedback -R fraud: Arrival-Date User-Agent Version
#   the mail: multipart/report; report-type=feedback-report; auto-replied
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get download -qq "maildrop=2.9.3-2*" libcourier-unicode4 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
export LD_LIBRARY_PATH="$folder/usr/lib/$(uname -m)-linux-gnu"
cat > mail <<'MAIL'
From: Harbour Choir <news@choir.example>
To: reader@post.example
Subject: Rehearsals in spring
Message-ID: <spring@choir.example>

We sing on Tuesdays.
MAIL
echo "I never asked for this." > words
for form in feedback replyfeedback; do
    for type in abuse fraud; do
        usr/bin/mailbot -T "$form" -R "$type" -t words -A "From: reader@post.example" cat < mail > report
        fields=$(sed -n '/^Content-Type: message\/feedback-report/,/^--/p' report | sed '1,/^$/d' | grep -oE "^[A-Za-z-]+:")
        echo "-T $form -R $type: $(echo "$fields" | tr -d : | sort | xargs)"
    done
done > seen
echo "the mail: $(grep -oE "multipart/report; report-type=[a-z-]+" report); $(grep -oE "auto-replied" report)" >> seen
seen=$(cat seen)
echo "$seen"
expected="-T feedback -R abuse: Arrival-Date User-Agent Version
-T feedback -R fraud: Arrival-Date User-Agent Version
-T replyfeedback -R abuse: Arrival-Date User-Agent Version
-T replyfeedback -R fraud: Arrival-Date User-Agent Version
the mail: multipart/report; report-type=feedback-report; auto-replied"
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
