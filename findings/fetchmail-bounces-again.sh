#!/usr/bin/env bash
# fetchmail 6.4.37 (Debian 12) reports one mail as failed for good each time that it looks into the mailbox.
#
# fetchmail collects people's mail from their provider and hands it to a server at home. Where that one refuses a
# mail, by its filter for example, fetchmail tells the sender of "a permanent error", with Action "failed", and leaves
# the mail with the provider, as softbounce wants it, the default; its manual says that softbounce suppresses the
# notice. A few minutes later it collects, fails and tells again, and so on until somebody at home looks into it. Who
# suppresses after three bounces loses the person within a quarter of an hour, by one mail that the provider's mailbox
# took. Final-Recipient is the account at home, "jane@localhost"; whom the mail was for stands in the returned headers
# alone.
#
# Seen with fetchmail 6.4.37-1 (root, in a network of its own), run three times:
#   notices: 3, deleted from the mailbox: 0
#   A message that you sent could not be delivered to one or more of its
#   recipients. This is a permanent error.
#   Final-Recipient: rfc822; jane@localhost
#   Action: failed
#   Status: 5.7.1
#   Diagnostic-Code: 550 5.7.1 This looks like spam
#   with "set no softbounce": notices: 1, deleted from the mailbox: 1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq "fetchmail=6.4.37-1*" libcom-err2 libgssapi-krb5-2 libk5crypto3 libkeyutils1 \
    libkrb5-3 libkrb5support0 libssl3 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
cat > servers.py <<'PYTHON'
"""A provider's mailbox with one mail, and the server at home, which refuses it and takes what goes back."""
import fcntl
import socket
import socketserver
import struct
import threading

MAIL = """Return-Path: <news@choir.example>
From: Harbour Choir <news@choir.example>
To: reader@post.example
Subject: Rehearsals in spring

We sing on Tuesdays.
.
"""


class Conversation(socketserver.StreamRequestHandler):
    def say(self, reply):
        self.wfile.write(f"{reply}\n".replace("\n", "\r\n").encode())


class Mailbox(Conversation):
    held = True

    def handle(self):
        self.say("+OK mailbox")
        size = len(MAIL)
        for line in self.rfile:
            word, *numbers = line.decode().upper().split()
            held = f"1 {size if word == 'LIST' else 'spring'}" if Mailbox.held else ""
            if word in ("RETR", "TOP"):
                self.say("+OK\n" + MAIL.rstrip("\n"))
            elif word == "STAT":
                self.say(f"+OK {int(Mailbox.held)} {size if Mailbox.held else 0}")
            elif word in ("LIST", "UIDL"):
                self.say(f"+OK {held}" if numbers else f"+OK\n{held}\n." if held else "+OK\n.")
            elif word in ("CAPA", "LAST"):
                self.say("-ERR")
            else:
                if word == "DELE":
                    Mailbox.held = False
                    open("deleted", "a").write("deleted\n")
                self.say("+OK")


class Home(Conversation):
    def handle(self):
        self.say("220 home.example")
        sender = b""
        for line in self.rfile:
            word = line[:4].upper()
            sender = line if word == b"MAIL" else sender
            is_refused = word == b"DATA" and b"news@" in sender
            if word == b"DATA":
                self.say("354 Go on")
                told = b"".join(iter(self.rfile.readline, b".\r\n"))
                if not is_refused:
                    open("returned", "ab").write(told.replace(b"\r\n", b"\n"))
            self.say("550 5.7.1 This looks like spam" if is_refused else "250 home.example")


with socket.socket() as network:  # this run's own, which begins with its loopback down
    fcntl.ioctl(network, 0x8914, struct.pack("16sh14x", b"lo", 0x41))
mailbox = socketserver.ThreadingTCPServer(("127.0.0.1", 1110), Mailbox)
threading.Thread(target=mailbox.serve_forever, daemon=True).start()
with socketserver.ThreadingTCPServer(("127.0.0.1", 25), Home) as home:
    open("listening", "w").close()
    home.serve_forever()
PYTHON
cat > conf <<'CONF'
poll 127.0.0.1 service 1110 proto pop3 user "reader" there with password "x" is "jane" here sslproto ""
CONF
(echo "set no softbounce"; cat conf) > conf-hard
chmod 600 conf conf-hard
export folder FETCHMAILHOME="$folder" LC_ALL=C
export LD_LIBRARY_PATH="$folder/usr/lib/$(uname -m)-linux-gnu:$folder/lib/$(uname -m)-linux-gnu"
collect() {
    : > returned
    : > deleted
    rm -f listening
    unshare --net bash -euo pipefail -c '
        trap "kill %1 2>/dev/null" EXIT
        python3 servers.py &
        for _ in $(seq 100); do [ -e listening ] && break; sleep 0.2; done
        for _ in 1 2 3; do timeout 10 usr/bin/fetchmail -f "$1" >> log 2>&1 || :; done' - "$1" 2> errors || :
    echo "notices: $(grep -c ^Reporting-MTA returned || :), deleted from the mailbox: $(wc -l < deleted)"
}
seen=$(
    collect conf
    grep -E "^A message that|^recipients\.|^(Final-Recipient|Action|Status|Diagnostic-Code):" returned | head -6
    echo "with \"set no softbounce\": $(collect conf-hard)"
)
echo "$seen"
expected='notices: 3, deleted from the mailbox: 0
A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error.
Final-Recipient: rfc822; jane@localhost
Action: failed
Status: 5.7.1
Diagnostic-Code: 550 5.7.1 This looks like spam
with "set no softbounce": notices: 1, deleted from the mailbox: 1'
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
