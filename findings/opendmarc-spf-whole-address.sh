#!/usr/bin/env bash
# OpenDMARC 1.4.2 (Debian 12) fails mail whose SPF passed if the return address stands whole in Authentication-Results.
#
# RFC 8601, 2.2: the value of a property such as smtp.mailfrom is a domain, with or without a local part before it. OpenDMARC
# compares what stands there with the From domain as it is, so that "news@choir.example" is not aligned with choir.example.
# Behind a checker that writes addresses, as rspamd's module does, mail without a signature of its own domain is marked
# dmarc=fail and, with RejectFailures, refused; its aggregate reports count it as failing, and the sender looks for the fault
# in an SPF record that is right.
#
# Seen with opendmarc 1.4.2-2 (root, in a network of its own), asked about one mail by what its SPF checker wrote:
#   spf=pass smtp.mailfrom=choir.example: dmarc=pass, to be reported: spf 0 align_spf 4
#   spf=pass smtp.mailfrom=news@choir.example: dmarc=fail, to be reported: spf 0 align_spf 5
# (of spf 0 is passed; of align_spf 4 is aligned, 5 is not)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get download -qq "opendmarc=1.4.2-2*" "libopendmarc2=1.4.2-2*" libbsd0 libmd0 libmilter1.0.1 libspf2-2 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
cat > names.py <<'PYTHON'
"""A name server for a network of this run's own, which begins with its loopback down."""
import fcntl
import socket
import socketserver
import struct

RECORDS = {"_dmarc.choir.example": "v=DMARC1; p=quarantine"}


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


with socket.socket() as network:
    fcntl.ioctl(network, 0x8914, struct.pack("16sh14x", b"lo", 0x41))
with socketserver.UDPServer(("127.0.0.1", 53), Names) as server:
    open("listening", "w").close()
    server.serve_forever()
PYTHON
echo "nameserver 127.0.0.1" > resolv.conf
echo 203.0.113.9 > ignored  # nobody who writes here
cat > conf <<CONF
AuthservID mx.post.example
Socket inet:8893@127.0.0.1
IgnoreHosts $folder/ignored
HistoryFile $folder/history
CONF
cat > words <<'MAIL'
From: Harbour Choir <news@choir.example>
To: reader@post.example
Subject: Rehearsals in spring
Date: Mon, 30 Nov 2026 09:00:00 +0000
Message-ID: <spring@choir.example>

We sing on Tuesdays.
MAIL
libraries="$folder/usr/lib/$(uname -m)-linux-gnu:$folder/lib/$(uname -m)-linux-gnu:$folder/usr/lib"
export libraries
unshare --net --mount --propagation private bash -euo pipefail -c '
    mount --bind resolv.conf /etc/resolv.conf
    python3 names.py 2> errors &
    trap "kill %1" EXIT
    for _ in $(seq 100); do [ -e listening ] && break; sleep 0.2; done
    for found in "spf=pass smtp.mailfrom=choir.example" "spf=pass smtp.mailfrom=news@choir.example"; do
        (echo "Authentication-Results: mx.post.example; $found"; cat words) > mail
        rm -f history
        LD_LIBRARY_PATH=$libraries OPENDMARC_TEST_CLIENTIP=192.0.2.7 OPENDMARC_TEST_CLIENTHOST=mta.choir.example \
            OPENDMARC_TEST_HELOHOST=mta.choir.example OPENDMARC_TEST_ENVFROM="<news@choir.example>" \
            usr/sbin/opendmarc -c conf -v -v -t mail > marked 2>> errors
        reported=$(grep -E "^(spf|align_spf) " history | xargs)
        echo "$found: $(grep -o "dmarc=[a-z]*" marked), to be reported: $reported"
    done' > seen
seen=$(cat seen)
echo "$seen"
expected="spf=pass smtp.mailfrom=choir.example: dmarc=pass, to be reported: spf 0 align_spf 4
spf=pass smtp.mailfrom=news@choir.example: dmarc=fail, to be reported: spf 0 align_spf 5"
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
