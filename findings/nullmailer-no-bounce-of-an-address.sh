#!/usr/bin/env bash
# nullmailer 2.2 (Debian 12) sends no bounce of a mail that was refused in words with an IP address in them.
#
# RFC 5321, 6.1: who cannot deliver a mail that it accepted must send a notice of that. nullmailer takes the Status of its
# notice from the refusal, wherever three numbers with dots between them stand. In "Mail from 192.0.2.7 is not accepted" those
# are 2.0.2, with which its own nullmailer-dsn refuses to write: the mail is moved to failed/, and nobody is told. Servers
# name the address most often when they block it, so who counts bounces sees nothing of just that; behind a number such as
# 5.7.1 in front of the words, or without the address, the same refusal comes back.
#
# Seen with nullmailer 1:2.2-4 (root, in a network of its own), by what the server had said:
#   550 Mail from this server is not accepted here: Status: 5.0.0
#   550 5.7.1 Mail from 192.0.2.7 is not accepted here: Status: 5.7.1
#   550 Mail from 192.0.2.7 is not accepted here: no bounce
#   of 3 mails in failed: 3, in the queue: 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq "nullmailer=1:2.2-4*" 2>/dev/null
dpkg -x nullmailer_*.deb .
chmod u-s usr/sbin/* usr/bin/*
ldd usr/sbin/nullmailer-send usr/lib/nullmailer/smtp usr/bin/nullmailer-dsn | grep -o " /[^ ]*\|	/[^ ]*" | sort -u |
    xargs cp --parents -Lt .
mkdir dev
: > dev/null
mkdir -p etc/nullmailer var/spool/nullmailer/{failed,queue,tmp}
mkfifo var/spool/nullmailer/trigger
echo relay.choir.example | tee etc/nullmailer/me > etc/mailname
echo "127.0.0.1 smtp --port=2525" > etc/nullmailer/remotes
echo 1 > etc/nullmailer/pausetime
cat > server.py <<'PYTHON'
"""Refuses by who is written to, and keeps what comes back to the sender."""
import fcntl
import socket
import socketserver
import struct

ANSWERS = {
    "words": "550 Mail from this server is not accepted here",
    "numbered": "550 5.7.1 Mail from 192.0.2.7 is not accepted here",
    "address": "550 Mail from 192.0.2.7 is not accepted here",
}


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 mx.post.example")
        for line in self.rfile:
            word, person = line[:4].upper(), line.decode().partition("<")[2].partition("@")[0]
            if word == b"DATA":
                self.say("354 Go on")
                with open("returned", "ab") as returned:
                    for told in iter(self.rfile.readline, b".\r\n"):
                        returned.write(told.replace(b"\r\n", b"\n"))
            self.say(ANSWERS.get(person, "250 OK") if word == b"RCPT" else "250 mx.post.example")

    def say(self, reply):
        self.wfile.write(f"{reply}\r\n".encode())


with socket.socket() as network:  # this run's own, which begins with its loopback down
    fcntl.ioctl(network, 0x8914, struct.pack("16sh14x", b"lo", 0x41))
with socketserver.ThreadingTCPServer(("127.0.0.1", 2525), Conversation) as server:
    open("listening", "w").close()
    server.serve_forever()
PYTHON
export folder
unshare --net --mount --propagation private bash -euo pipefail -c '
    mount --bind /dev/null dev/null
    trap "kill %1 %2 2>/dev/null" EXIT
    python3 server.py &
    for _ in $(seq 100); do [ -e listening ] && break; sleep 0.2; done
    for person in words numbered address; do
        printf "news@choir.example\n$person@post.example\n\nSubject: Rehearsals in spring\n\nWe sing.\n" |
            chroot . /usr/sbin/nullmailer-queue
    done
    chroot . /usr/sbin/nullmailer-send > log 2>&1 &
    for _ in $(seq 200); do
        sleep 0.5
        [ "$(grep -cs "^Status:" returned)" = 2 ] && grep -q "nullmailer-dsn failed" log && break
    done' 2> errors || :
seen=$(
    sed -n 's/^    "[a-z]*": "\(550.*\)",$/\1/p' server.py | while read -r said; do
        status=$(grep -B4 -F "Diagnostic-Code: SMTP; $said" returned | grep "^Status:" || echo "no bounce")
        echo "$said: $status"
    done
    echo "of 3 mails in failed: $(find var/spool/nullmailer/failed -type f | wc -l)," \
        "in the queue: $(find var/spool/nullmailer/queue -type f | wc -l)"
)
echo "$seen"
expected="550 Mail from this server is not accepted here: Status: 5.0.0
550 5.7.1 Mail from 192.0.2.7 is not accepted here: Status: 5.7.1
550 Mail from 192.0.2.7 is not accepted here: no bounce
of 3 mails in failed: 3, in the queue: 0"
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
