#!/usr/bin/env bash
# Haraka 3.3.4 (npm) reports a person whose server was down as a bad address, and a passing refusal as a lasting one.
#
# RFC 3463: X.1.2 says that the domain of the address does not exist or takes no mail at all; a server that does not answer
# is X.4.1, and a mail given up for its age X.4.7. Haraka writes 5.1.2 with Action "failed" once it has tried long enough to
# connect, and of the last 4.x.x that a server gave it makes 5.x.x. Who suppresses by Status, as 5.1.x invites to, loses a
# whole company when its server stands still for a weekend; "550 Tried all MXs" in the comment is all that tells.
#
# Seen with Haraka 3.3.4 and no time to try again (temp_fail_intervals=none), as after its thirteen tries:
#   down: Action: failed
#   down: Status: 5.1.2 (550 Tried all MXs down.example)
#   full: Action: failed
#   full: Status: 5.2.2
#   full: Diagnostic-Code: smtp;452 4.2.2 The mailbox is full, try again later
set -euo pipefail
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts "Haraka@3.3.4" > npm.log 2>&1
mkdir -p haraka/{config,plugins,queue}
cp node_modules/Haraka/config/{connection.ini,outbound.bounce_message} haraka/config
cat > server.py <<'PYTHON'
"""Refuses for now what is for full.example, and keeps what comes back to the sender."""
import socketserver


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 mx.full.example")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"DATA":
                self.say("354 Go on")
                told = b"".join(iter(self.rfile.readline, b".\r\n")).replace(b"\r\n", b"\n")
                about = "down" if b"@down.example" in told else "full"
                with open(about, "wb") as returned:
                    returned.write(told)
            is_refused = word == b"RCPT" and b"@full.example" in line
            self.say("452 4.2.2 The mailbox is full, try again later" if is_refused else "250 mx.full.example")

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
printf 'temp_fail_intervals=none\nenable_tls=false\n' > haraka/config/outbound.ini
cat > haraka/plugins/choir.js <<JAVASCRIPT
exports.hook_mail = (next, connection) => {
  connection.relaying = true;
  next(OK);
};
exports.hook_rcpt = (next) => next(OK);
exports.hook_get_mx = (next, hmail, domain) => {
  // Nobody listens for down.example
  next(OK, { priority: 0, exchange: "127.0.0.1", port: domain === "down.example" ? $(free) : $(cat port) });
};
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
for to in ("reader@down.example", "reader@full.example"):
    mail = f"From: news@choir.example\r\nTo: {to}\r\nSubject: Spring\r\n\r\nWe sing.\r\n"
    client.sendmail("news@choir.example", [to], mail)
client.quit()
PYTHON
python3 send.py "$port"
for _ in $(seq 300); do [ -s down ] && [ -s full ] && break; sleep 0.2; done
seen=$(for about in down full; do
    grep -E "^(Action|Status|Diagnostic-Code):" $about | sed "s/^/$about: /; s/ *$//"
done)
echo "$seen"
expected="down: Action: failed
down: Status: 5.1.2 (550 Tried all MXs down.example)
full: Action: failed
full: Status: 5.2.2
full: Diagnostic-Code: smtp;452 4.2.2 The mailbox is full, try again later"
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
