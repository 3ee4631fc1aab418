#!/usr/bin/env bash
# OpenDMARC 1.4.2 (Debian 12) gives "local_policy" as the reason for what became of every mail that it reports.
#
# RFC 7489, appendix C: a reason says why a mail fared other than the published policy asks; local_policy, that the receiver
# had a rule of its own. OpenDMARC writes it, with "arc=fail", of mail that passed and of mail that it refused as it was
# asked to: whoever leaves such rows out, or looks for mail that receivers make exceptions for, has all of it. As the domain
# of policy_published (where the record was found) it names the From domain, so that a subdomain's mail comes in a report of
# its own, under a domain without a record and with the p of another: here "reject", where quarantine was asked for.
#
# Seen with opendmarc 1.4.2-2 and MariaDB 10.11 (root, in a network of its own), once it had three mails, the last of them from
# desk.choir.example, which has no record:
#   record: v=DMARC1; p=reject; sp=quarantine; rua=mailto:dmarc@choir.example
#   report: policy_published domain choir.example, p reject, sp quarantine
#   row: disposition none dkim fail spf pass type local_policy comment arc=fail
#   row: disposition reject dkim fail spf fail type local_policy comment arc=fail
#   report: policy_published domain desk.choir.example, p reject, sp quarantine
#   row: disposition none dkim fail spf fail type local_policy comment arc=fail
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get download -qq "opendmarc=1.4.2-2*" "libopendmarc2=1.4.2-2*" "mariadb-server-core=1:10.11*" "mariadb-server=1:10.11*" \
    libaio1 libbsd0 libclone-perl libdbd-mysql-perl libdbi-perl libencode-locale-perl libhttp-date-perl libhttp-message-perl \
    libio-html-perl liblwp-mediatypes-perl libmariadb3 libmd0 libmilter1.0.1 libspf2-2 libswitch-perl libtimedate-perl \
    liburi-perl liburing2 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
libraries="$folder/usr/lib/$(uname -m)-linux-gnu:$folder/lib/$(uname -m)-linux-gnu:$folder/usr/lib"
perl_version=$(perl -e 'print $^V =~ /v(5\.\d+)/')
export libraries PERL5LIB="$folder/usr/share/perl5:$folder/usr/lib/$(uname -m)-linux-gnu/perl5/$perl_version"
mkdir data
echo "nameserver 127.0.0.1" > resolv.conf
echo "127.0.0.1 mx.post.example localhost" > hosts
echo example > suffixes
echo 203.0.113.9 > ignored  # nobody who writes here
cat > conf <<CONF
AuthservID mx.post.example
HistoryFile history
IgnoreHosts ignored
PublicSuffixList suffixes
RejectFailures true
Socket inet:8893@127.0.0.1
CONF
cat > play.py <<'PYTHON'
"""Name server, mail servers and whoever asks OpenDMARC, in a network of this run's own, which begins with its loopback down."""
import email
import fcntl
import io
import os
import re
import socket
import socketserver
import struct
import subprocess
import threading
import time
import zipfile

HERE = os.getcwd()
RECORD = "v=DMARC1; p=reject; sp=quarantine; rua=mailto:dmarc@choir.example"
MAILS = [  # return address and From
    ("news@choir.example", "news@choir.example"),
    ("news@elsewhere.example", "news@choir.example"),
    ("news@elsewhere.example", "desk@desk.choir.example"),
]
reports = []


class Names(socketserver.BaseRequestHandler):
    def handle(self):
        asked, answer = self.request
        end = asked.index(b"\0", 12)
        labels, at = [], 12
        while at < end:
            labels.append(asked[at + 1 : at + 1 + asked[at]].decode())
            at += asked[at] + 1
        is_record = ".".join(labels).lower() == "_dmarc.choir.example" and asked[end + 1 : end + 3] == b"\0\x10"
        text = RECORD.encode() if is_record else b""
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


def hand_in(sender, author):
    """Has the filter look at a mail, over the milter protocol."""
    with connected(8893) as link, link.makefile("rb") as said:

        def tell(packet, *, waits=True):
            link.sendall(struct.pack(">I", len(packet)) + packet)
            while waits and said.read(struct.unpack(">I", said.read(4))[0])[:1] not in b"Ocardty":
                pass  # a header that it wants changed

        tell(b"O" + struct.pack(">III", 6, 0x1FF, 0))
        tell(b"Cmta.provider.example\x004" + struct.pack(">H", 40000) + b"192.0.2.7\0")
        tell(b"Hmta.provider.example\0")
        tell(f"DMi\0{sender}{author}\0".encode(), waits=False)
        tell(f"M<{sender}>\0".encode())
        tell(b"R<reader@post.example>\0")
        for name, value in {
            "Authentication-Results": "mx.post.example; spf=pass smtp.mailfrom=" + sender.partition("@")[2],
            "From": author, "To": "reader@post.example", "Subject": "Rehearsals in spring",
            "Date": "Mon, 30 Nov 2026 09:00:00 +0000", "Message-ID": "<spring@choir.example>",
        }.items():  # fmt: skip
            tell(f"L{name}\0{value}\0".encode())
        tell(b"N")
        tell(b"BWe sing on Tuesdays.\r\n")
        tell(b"E")


def connected(port):
    for _ in range(600):
        try:
            return socket.create_connection(("127.0.0.1", port))
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"nobody listens on {port}")


with socket.socket() as network:
    fcntl.ioctl(network, 0x8914, struct.pack("16sh14x", b"lo", 0x41))
names, post = socketserver.UDPServer(("127.0.0.1", 53), Names), socketserver.ThreadingTCPServer(("127.0.0.1", 25), Post)
for server in (names, post):
    threading.Thread(target=server.serve_forever, daemon=True).start()
environment = os.environ | {"LD_LIBRARY_PATH": os.environ["libraries"]}
quiet = {"stdout": open("log", "a"), "stderr": subprocess.STDOUT, "env": environment}
database = ["usr/sbin/mariadbd", "--no-defaults", f"--datadir={HERE}/data", "--skip-grant-tables", "--user=root"]
database += [f"--lc-messages-dir={HERE}/usr/share/mysql", f"--socket={HERE}/socket"]
with open("usr/share/dbconfig-common/data/opendmarc/install/mysql") as schema:
    subprocess.run([*database, "--bootstrap"], stdin=schema, check=True, **quiet)
started = [
    subprocess.Popen([*database, "--bind-address=127.0.0.1"], **quiet),
    subprocess.Popen(["usr/sbin/opendmarc", "-f", "-c", "conf"], **quiet),
]
try:
    connected(3306).close()
    for sender, author in MAILS:
        hand_in(sender, author)
    at = ["--dbhost=127.0.0.1", "--dbuser=root", "--dbpasswd=x"]
    with open("history") as history:
        subprocess.run(["perl", "usr/sbin/opendmarc-import", *at], stdin=history, check=True, **quiet)
    sender = ["--report-org=Post", "--report-email=dmarc@post.example", "--smtp-server=127.0.0.1", "--interval=3600"]
    subprocess.run(["perl", "usr/sbin/opendmarc-reports", *at, *sender, "--verbose", "--verbose"], check=True, **quiet)
finally:
    for process in started:
        process.terminate()
        process.wait()
print(f"record: {RECORD}")
for report in sorted(reports):
    packed = email.message_from_bytes(report).get_payload()[1].get_payload(decode=True)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        xml = archive.read(archive.namelist()[0]).decode()
    named = re.search("<policy_published>.*?<domain>(.+?)</domain>.*?<p>(.+?)</p>.*?<sp>(.+?)</sp>", xml, re.DOTALL)
    print("report: policy_published domain {}, p {}, sp {}".format(*named.groups()))
    for row in re.findall("<policy_evaluated>(.+?)</policy_evaluated>", xml, re.DOTALL):
        print("row:", *(f"{name} {said}" for name, said in re.findall(r"<(disposition|dkim|spf|type|comment)>(.+?)<", row)))
PYTHON
seen=$(unshare --net --uts --mount --propagation private bash -euo pipefail -c '
    hostname mx.post.example
    mount --bind resolv.conf /etc/resolv.conf
    mount --bind hosts /etc/hosts
    python3 play.py' 2> errors) || { cat errors log >&2; exit 1; }
echo "$seen"
expected="record: v=DMARC1; p=reject; sp=quarantine; rua=mailto:dmarc@choir.example
report: policy_published domain choir.example, p reject, sp quarantine
row: disposition none dkim fail spf pass type local_policy comment arc=fail
row: disposition reject dkim fail spf fail type local_policy comment arc=fail
report: policy_published domain desk.choir.example, p reject, sp quarantine
row: disposition none dkim fail spf fail type local_policy comment arc=fail"
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
