#!/usr/bin/env bash
# dkimpy 1.1.8 signs List-Unsubscribe by itself, and leaves List-Unsubscribe-Post unsigned.
#
# RFC 8058, section 4: a receiver offers the one-click button only if a valid DKIM signature covers both headers. Who
# calls dkim.sign() without `include_headers` gets a signature that verifies everywhere, sees "dkim=pass" in every mailbox,
# and has no button in any of them. The headers to sign have to be named.
#
# Seen with dkimpy 1.1.8 (cryptography 46.0.3):
#   by itself: list-unsubscribe True, list-unsubscribe-post False, verifies True
#   named: list-unsubscribe True, list-unsubscribe-post True, verifies True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "dkimpy==1.1.8" "cryptography==46.0.3"
cat > "$folder/ask.py" <<'PYTHON'
import base64
import re

import dkim
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

key = generate_private_key(65537, 2048)
pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
public = base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
mail = b"\r\n".join(
    [
        b"From: Harbour Choir <news@choir.example>",
        b"To: reader@post.example",
        b"Subject: Rehearsals in spring",
        b"Date: Sun, 29 Nov 2026 09:00:00 +0000",
        b"Message-ID: <spring@choir.example>",
        b"List-Unsubscribe: <https://choir.example/leave/7>",
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        b"",
        b"We sing on Tuesdays.",
        b"",
    ]
)
NAMED = [b"from", b"to", b"subject", b"date", b"message-id", b"list-unsubscribe", b"list-unsubscribe-post"]
for words, given in (("by itself", {}), ("named", {"include_headers": NAMED})):
    signature = dkim.sign(mail, b"k1", b"choir.example", pem, **given)
    plain = re.sub(rb"\s", b"", signature)
    signed = set(re.search(rb";h=([^;]*);", plain)[1].split(b":"))
    verifies = dkim.verify(signature + mail, dnsfunc=lambda name, timeout=5: b"v=DKIM1; k=rsa; p=" + public)
    told = ", ".join(f"{name} {name.encode() in signed}" for name in ("list-unsubscribe", "list-unsubscribe-post"))
    print(f"{words}: {told}, verifies {verifies}")
PYTHON
seen=$("$folder/venv/bin/python" "$folder/ask.py")
echo "$seen"
expected="by itself: list-unsubscribe True, list-unsubscribe-post False, verifies True
named: list-unsubscribe True, list-unsubscribe-post True, verifies True"
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
