#!/usr/bin/env bash
# sendmail 8.17.1.9 (Debian 12) reports a refusal for whatever reason as an unknown user or a bad address.
#
# RFC 3464, 2.3.4: Status says why the mail failed; a relay that does not know has 5.0.0 for that. sendmail writes 5.1.1
# for any 550 to RCPT and 5.1.3 for any 553, and "User unknown" below, also where the server gave another number, as long
# as its EHLO did not announce ENHANCEDSTATUSCODES. Who suppresses by Status, as 5.1.x invites to, loses everybody whose
# server blocked the sender for a day. Diagnostic-Code has the server's own words, and is to be asked first.
#
# Seen with sendmail-bin 8.17.1.9-2+deb12u2 (root, in a network of its own), by what the server had said:
#   Status: 5.1.1
#   Diagnostic-Code: SMTP; 550 Mail from your network is not accepted here
#   Status: 5.1.1
#   Diagnostic-Code: SMTP; 550 5.7.1 Mail from your network is not accepted here
#   Status: 5.1.3
#   Diagnostic-Code: SMTP; 553 We take no mail for this list
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get download -qq "sendmail-bin=8.17.1.9-2*" "sendmail-cf=8.17.1.9-2*" m4 libsigsegv2 libdb5.3 libldap-2.5-0 libnsl2 \
    libsasl2-2 libtirpc3 libwrap0 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
chmod g-s usr/libexec/sendmail/sendmail  # else the loader ignores LD_LIBRARY_PATH
mkdir -m 700 queue
echo "hosts files" > switch
cat > server.py <<'PYTHON'
"""Refuses by who is written to, and keeps what comes back to the sender."""
import fcntl
import socket
import socketserver
import struct

ANSWERS = {
    "policy": "550 Mail from your network is not accepted here",
    "numbered": "550 5.7.1 Mail from your network is not accepted here",
    "list": "553 We take no mail for this list",
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
with socketserver.ThreadingTCPServer(("127.0.0.2", 2525), Conversation) as server:
    open("listening", "w").close()
    server.serve_forever()
PYTHON
cat > relay.mc <<MC
include(\`m4/cf.m4')
OSTYPE(\`linux')
define(\`QUEUE_DIR', \`$folder/queue')
define(\`STATUS_FILE', \`')
define(\`confSERVICE_SWITCH_FILE', \`$folder/switch')
define(\`confDOMAIN_NAME', \`relay.choir.example')
define(\`confQUEUE_LA', \`100000')
define(\`SMART_HOST', \`[127.0.0.2]')
define(\`RELAY_MAILER_ARGS', \`TCP \$h 2525')
FEATURE(\`nocanonify')
MAILER(\`smtp')
MC
LD_LIBRARY_PATH="$folder/usr/lib/$(uname -m)-linux-gnu:$folder/lib/$(uname -m)-linux-gnu"
export folder LD_LIBRARY_PATH
(cd usr/share/sendmail/cf && "$folder/usr/bin/m4" "$folder/relay.mc") > relay.cf
echo "127.0.0.1 relay.choir.example" > hosts  # a network and a name of its own, or sendmail asks for the machine's
unshare --net --uts --mount --propagation private bash -euo pipefail -c '
    hostname relay.choir.example
    mount --bind hosts /etc/hosts
    python3 server.py &
    for _ in $(seq 100); do [ -e listening ] && break; sleep 0.2; done
    for person in policy numbered list; do
        printf "To: %s@post.example\nSubject: Rehearsals in spring\n\nWe sing.\n" $person |
            usr/libexec/sendmail/sendmail -C "$folder/relay.cf" -odi -oi -f news@choir.example $person@post.example || :
    done
    kill %1' 2> errors
seen=$(grep -E "^(Status|Diagnostic-Code):" returned)
echo "$seen"
expected="Status: 5.1.1
Diagnostic-Code: SMTP; 550 Mail from your network is not accepted here
Status: 5.1.1
Diagnostic-Code: SMTP; 550 5.7.1 Mail from your network is not accepted here
Status: 5.1.3
Diagnostic-Code: SMTP; 553 We take no mail for this list"
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
