#!/usr/bin/env bash
# mlmmj 1.3.0 (Debian 12) tells its refusals to whoever stands in From, and not to the return address.
#
# RFC 3834, 4: what a program answers goes to the return address, which a sender of many mails makes for hearing of them, and
# Auto-Submitted says that it is an answer of a program (5). A list of mlmmj that takes no mail from others writes to the From
# address, with a return address of its own and without a mark. Of a newsletter to such a list the editors get a letter each
# time, or their helpdesk a ticket, while whoever reads bounces by the return address counts the list as a reader for ever.
#
# Seen with mlmmj 1.3.0-4, a list for subscribers only, asked in a network of its own (root):
#   the newsletter: Return-Path: <bounce+7@returns.choir.example>, From: Harbour Choir <news@choir.example>
#   the answer: MAIL FROM:<choirs+bounces-help@lists.example>
#   the answer: RCPT TO:<news@choir.example>
#   the answer's headers: Content-Transfer-Encoding Content-Type Date From MIME-Version Message-ID Subject To
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get download -qq "mlmmj=1.3.0-4*" 2>/dev/null
dpkg -x mlmmj_*.deb .
mkdir -p list/{archive,bounce,control,digesters.d,incoming,moderation,nomailsubs.d,queue/discarded,requeue,subconf} \
    list/{subscribers.d,text,unsubconf}
cp usr/share/mlmmj/text.skel/en/* list/text
echo choirs@lists.example > list/control/listaddress
echo owner@lists.example > list/control/owner
echo + > list/control/delimiter
echo 127.0.0.1 > list/control/relayhost
echo 2525 > list/control/smtpport
touch list/index list/control/subonlypost
cat > server.py <<'PYTHON'
"""Keeps what it is sent, and to whom."""
import fcntl
import socket
import socketserver
import struct


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 mx.choir.example")
        for line in self.rfile:
            word = line[:4].upper()
            if word in (b"MAIL", b"RCPT"):
                with open("envelope", "ab") as envelope:
                    envelope.write(line.replace(b"\r\n", b"\n"))
            if word == b"DATA":
                self.say("354 Go on")
                answer = b"".join(iter(self.rfile.readline, b".\r\n"))
                with open("answer", "wb") as kept:
                    kept.write(answer.replace(b"\r\n", b"\n"))
            self.say("250 OK")
            if word == b"QUIT":
                break

    def say(self, reply):
        self.wfile.write(f"{reply}\r\n".encode())


with socket.socket() as network:  # this run's own, which begins with its loopback down
    fcntl.ioctl(network, 0x8914, struct.pack("16sh14x", b"lo", 0x41))
with socketserver.ThreadingTCPServer(("127.0.0.1", 2525), Conversation) as server:
    open("listening", "w").close()
    server.serve_forever()
PYTHON
cat > newsletter <<'MAIL'
Return-Path: <bounce+7@returns.choir.example>
From: Harbour Choir <news@choir.example>
To: choirs@lists.example
Subject: Rehearsals in spring
Date: Mon, 30 Nov 2026 09:00:00 +0000
Message-ID: <spring@choir.example>
List-Unsubscribe: <https://choir.example/leave/7>

We sing on Tuesdays.
MAIL
unshare --net bash -euo pipefail -c '
    trap "kill %1" EXIT
    python3 server.py &
    for _ in $(seq 100); do [ -e listening ] && break; sleep 0.2; done
    usr/bin/mlmmj-receive -F -L "$PWD/list" < newsletter > log
    for _ in $(seq 100); do [ -s answer ] && break; sleep 0.2; done' 2> errors
seen=$(
    echo "the newsletter: $(grep "^Return-Path:" newsletter), $(grep "^From:" newsletter)"
    sed "s/^/the answer: /" envelope
    echo "the answer's headers: $(sed '/^$/,$d' answer | grep -oE "^[A-Za-z-]+:" | tr -d : | sort | xargs)"
)
echo "$seen"
expected="the newsletter: Return-Path: <bounce+7@returns.choir.example>, From: Harbour Choir <news@choir.example>
the answer: MAIL FROM:<choirs+bounces-help@lists.example>
the answer: RCPT TO:<news@choir.example>
the answer's headers: Content-Transfer-Encoding Content-Type Date From MIME-Version Message-ID Subject To"
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
