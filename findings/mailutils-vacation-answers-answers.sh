#!/usr/bin/env bash
# The Sieve of GNU Mailutils 3.15 (Debian 12) answers automatic answers and mailing lists, and does not mark its own.
#
# RFC 3834: whoever answers by program marks it with Auto-Submitted (5), and leaves alone what is marked so (2); RFC 5230
# asks the same of Sieve's vacation (4.6, 5.6), and to spare mailing lists. Mailutils looks at Precedence alone, and does
# not know "list" there. Its answers to newsletters look like people's: they open tickets and count as replies, and a
# helpdesk that confirms what it got, marked as the RFC asks, is answered once more. What such an answer has is References.
#
# Seen with mailutils 1:3.15-4, vacation with a subject and a text, by a header of the mail that came:
#   nothing more: answered
#   List-Unsubscribe: <https://choir.example/leave/7>: answered
#   List-Id: <news.choir.example>: answered
#   Precedence: list: answered
#   Auto-Submitted: auto-generated: answered
#   Auto-Submitted: auto-replied: answered
#   Precedence: bulk: left alone
#   the answer's headers: Content-Transfer-Encoding Content-Type In-Reply-To MIME-Version References Subject To
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get download -qq "mailutils=1:3.15-4*" "libmailutils9=1:3.15-4*" libgsasl18 libgssglue1 libidn12 libltdl7 libmariadb3 \
    libntlm0 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
libraries="$folder/usr/lib/$(uname -m)-linux-gnu"
printf '#!/bin/sh\ncat > "%s/answer"\n' "$folder" > sendmail
chmod +x sendmail
cat > away.sieve <<'SIEVE'
require "vacation";
vacation :subject "Away" "I read it next week.";
SIEVE
for header in "nothing more" "List-Unsubscribe: <https://choir.example/leave/7>" "List-Id: <news.choir.example>" \
    "Precedence: list" "Auto-Submitted: auto-generated" "Auto-Submitted: auto-replied" "Precedence: bulk"; do
    rm -rf home answer
    mkdir home  # it knows nobody whom it has answered
    cat > box <<MAIL
From news@choir.example Mon Nov 30 09:00:00 2026
$(echo "$header" | grep : || echo "Keywords: choir")
From: Harbour Choir <news@choir.example>
To: reader@post.example
Subject: Rehearsals in spring
Message-ID: <spring@choir.example>

We sing on Tuesdays.

MAIL
    LD_LIBRARY_PATH=$libraries HOME=$folder/home usr/bin/sieve --no-config -L "$libraries/mailutils9" -f box \
        -e reader@post.example --mailer="sendmail:$folder/sendmail" away.sieve
    if [ -s answer ]; then mv answer last; echo "$header: answered"; else echo "$header: left alone"; fi
done > seen
echo "the answer's headers: $(sed '/^$/,$d' last | grep -oE "^[A-Za-z-]+:" | tr -d : | sort | xargs)" >> seen
seen=$(cat seen)
echo "$seen"
expected="nothing more: answered
List-Unsubscribe: <https://choir.example/leave/7>: answered
List-Id: <news.choir.example>: answered
Precedence: list: answered
Auto-Submitted: auto-generated: answered
Auto-Submitted: auto-replied: answered
Precedence: bulk: left alone
the answer's headers: Content-Transfer-Encoding Content-Type In-Reply-To MIME-Version References Subject To"
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
