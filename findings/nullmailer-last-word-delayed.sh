#!/usr/bin/env bash
# nullmailer 2.2 (Debian 12) gives a mail up with a notice that says it is delayed.
#
# A mail that was put off for queuelifetime (a week) is moved into failed/ and tried no more. The one notice of that has
# Action "delayed" and the last answer's 4.x.x, and promises a final notice, which never comes; before it there was none.
# RFC 3464, 2.3.3: "delayed" says that the server goes on trying. Who waits for the end before counting a
# failure counts this mail as delivered for ever, and goes on writing to mailboxes that have been full for a year.
#
# Seen with nullmailer 1:2.2-4 (root, in a network of its own), queuelifetime of 3 seconds:
#   notices: 1
#   A final delivery status notification will be generated if delivery
#   Action: delayed
#   Status: 4.2.2
#   queue: 0, failed: 1
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
echo 3 > etc/nullmailer/queuelifetime  # seconds, instead of a week
echo 1 > etc/nullmailer/pausetime
cat > server.py <<'PYTHON'
"""Puts off what is for others, and keeps what comes back to the sender."""
import fcntl
import socket
import socketserver
import struct


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 mx.post.example")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"DATA":
                self.say("354 Go on")
                with open("returned", "ab") as returned:
                    for told in iter(self.rfile.readline, b".\r\n"):
                        returned.write(told.replace(b"\r\n", b"\n"))
            is_refused = word == b"RCPT" and b"reader@" in line
            self.say("452 4.2.2 The mailbox is full, try again later" if is_refused else "250 mx.post.example")

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
    chroot . /usr/sbin/nullmailer-send > log 2>&1 &
    printf "news@choir.example\nreader@post.example\n\nSubject: Rehearsals in spring\n\nWe sing.\n" |
        chroot . /usr/sbin/nullmailer-queue
    for _ in $(seq 200); do sleep 0.5; [ -e returned ] && [ -z "$(ls var/spool/nullmailer/queue)" ] && break; done' 2> errors || :
seen=$(
    echo "notices: $(grep -c "^From: Message Delivery Subsystem" returned)"
    grep -E "^(Action|Status):|^A final" returned
    echo "queue: $(ls var/spool/nullmailer/queue | wc -l), failed: $(ls var/spool/nullmailer/failed | wc -l)"
)
echo "$seen"
expected="notices: 1
A final delivery status notification will be generated if delivery
Action: delayed
Status: 4.2.2
queue: 0, failed: 1"
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
