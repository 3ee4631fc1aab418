#!/usr/bin/env bash
# Haraka 3.3.4 (npm) bounces without a reason whoever it wrote to beside somebody whose server took the mail.
#
# RFC 3464, 2.3: of each recipient Action and Status are told. Where every recipient is refused, Haraka does so. Where one
# of two is taken, the report of the other has Final-Recipient alone, and the server's words stand nowhere. flufl.bounce
# 6.0.0 (Mailman's reader of bounces) goes by Action and finds nobody in it: a list that hands its relay one mail for many
# members, as Mailman does unless told otherwise, keeps the dead addresses of each domain where somebody still reads.
#
# Seen with Haraka 3.3.4 and flufl.bounce 6.0.0, "550 5.1.1 No such person" said of reader@post.example:
#   alone: Final-Recipient: rfc822;reader@post.example
#   alone: Action: failed
#   alone: Status: 5.1.1
#   alone: Diagnostic-Code: smtp;550 5.1.1 No such person
#   alone: flufl.bounce finds reader@post.example
#   beside: Final-Recipient: rfc822;reader@post.example
#   beside: flufl.bounce finds nobody
set -euo pipefail
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts "Haraka@3.3.4" > npm.log 2>&1
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "flufl.bounce==6.0.0"
mkdir -p haraka/{config,plugins,queue}
cp node_modules/Haraka/config/{connection.ini,outbound.bounce_message} haraka/config
cat > server.py <<'PYTHON'
"""Knows no reader, takes what is for others, and keeps what comes back to the sender."""
import socketserver


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 mx.post.example")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"DATA":
                self.say("354 Go on")
                told = b"".join(iter(self.rfile.readline, b".\r\n")).replace(b"\r\n", b"\n")
                if b"\nTo: <news@choir.example>" in told:
                    with open("alone" if b"Subject: alone" in told else "beside", "wb") as returned:
                        returned.write(told)
            is_refused = word == b"RCPT" and b"reader@" in line
            self.say("550 5.1.1 No such person" if is_refused else "250 mx.post.example")

    def say(self, reply):
        self.wfile.write(f"{reply}\r\n".encode())


with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
    with open("port", "w") as port:
        port.write(str(server.server_address[1]))
    server.serve_forever()
PYTHON
free() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
python3 server.py &
until [ -s port ]; do sleep 0.1; done
port=$(free)
echo relay.choir.example > haraka/config/me
echo choir > haraka/config/plugins
printf 'listen=127.0.0.1:%s\nnodes=0\npublic_ip=192.0.2.1\n' "$port" > haraka/config/smtp.ini  # else it asks for it outside
echo enable_tls=false > haraka/config/outbound.ini
cat > haraka/plugins/choir.js <<JAVASCRIPT
exports.hook_mail = (next, connection) => {
  connection.relaying = true;
  next(OK);
};
exports.hook_rcpt = (next) => next(OK);
exports.hook_get_mx = (next) => next(OK, { priority: 0, exchange: "127.0.0.1", port: $(cat port) });
JAVASCRIPT
(cd haraka && exec node ../node_modules/Haraka/bin/haraka -c . > ../log 2>&1) &
cat > send.py <<'PYTHON'
import smtplib
import sys
import time

for _ in range(300):
    try:
        client = smtplib.SMTP("127.0.0.1", int(sys.argv[1]))
        break
    except OSError:
        time.sleep(0.2)
for how, to in (("alone", ["reader@post.example"]), ("beside", ["reader@post.example", "singer@post.example"])):
    mail = f"From: news@choir.example\r\nTo: {', '.join(to)}\r\nSubject: {how}\r\n\r\nWe sing.\r\n"
    client.sendmail("news@choir.example", to, mail)
client.quit()
PYTHON
python3 send.py "$port"
for _ in $(seq 300); do [ -s alone ] && [ -s beside ] && break; sleep 0.2; done
cat > ask.py <<'PYTHON'
import email
import sys

from flufl.bounce import scan_message

with open(sys.argv[1], "rb") as returned:
    found = scan_message(email.message_from_binary_file(returned))
print(f"flufl.bounce finds {b', '.join(sorted(found)).decode() or 'nobody'}")
PYTHON
seen=$(for how in alone beside; do
    (grep -E "^(Final-Recipient|Action|Status|Diagnostic-Code):" $how; venv/bin/python ask.py $how) |
        sed "s/^/$how: /; s/ *$//"
done)
echo "$seen"
expected="alone: Final-Recipient: rfc822;reader@post.example
alone: Action: failed
alone: Status: 5.1.1
alone: Diagnostic-Code: smtp;550 5.1.1 No such person
alone: flufl.bounce finds reader@post.example
beside: Final-Recipient: rfc822;reader@post.example
beside: flufl.bounce finds nobody"
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
