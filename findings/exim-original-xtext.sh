#!/usr/bin/env bash
# Exim 4.96 (Debian 12) returns the envelope id and the original recipient of a bounced mail in their wrapping.
#
# ENVID and ORCPT travel as xtext: "+" is written +2B, "=" +3D. Original-Envelope-ID is not xtext, and a server must decode
# what it copies into it (RFC 3461, 6.3 a); Original-Recipient is the address as the sender named it (RFC 3464, 2.3.1).
# Exim copies both as they came. Who tells by the envelope id which mail has bounced finds none as soon as the id has "="
# in it, as base64 has. Who looks people up by Original-Recipient loses each one with a "+" in the address, or takes the
# bounce for a forwarded mail's. Relays such as Postfix add ORCPT unasked, so that nobody needs to have asked for it.
#
# Seen with exim4-daemon-light 4.96-15+deb12u11 (root, for a user of Exim's own that only this run sees), once a mail was
# sent with ENVID=issue+3D7 and ORCPT=rfc822;reader+2Bchoir@post.example:
#   Original-Envelope-ID: issue+3D7
#   Original-Recipient: rfc822;reader+2Bchoir@post.example
#   Final-Recipient: rfc822;reader+choir@post.example
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get download -qq "exim4-daemon-light=4.96-15*" "libidn12=1.41*" 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
chmod u-s usr/sbin/exim4  # else the loader ignores LD_LIBRARY_PATH
mkdir spool
chown 64999:64999 spool
(cat /etc/passwd; echo "Debian-exim:x:64999:64999::$folder/spool:/usr/sbin/nologin") > passwd
(cat /etc/group; echo "Debian-exim:x:64999:") > group
cat > conf <<CONF
primary_hostname = mx.post.example
spool_directory = $folder/spool
log_file_path = $folder/spool/%slog
exim_path = $folder/usr/sbin/exim4
keep_environment = LD_LIBRARY_PATH
tls_advertise_hosts =
dsn_advertise_hosts = *
acl_smtp_rcpt = accept
begin routers
dead:
  driver = redirect
  domains = post.example
  data = :fail: no such person
  allow_fail
back:
  driver = accept
  domains = choir.example
  transport = file
begin transports
file:
  driver = appendfile
  file = $folder/spool/returned
  user = Debian-exim
CONF
cat > said <<'SMTP'
EHLO news.choir.example
MAIL FROM:<news@choir.example> RET=HDRS ENVID=issue+3D7
RCPT TO:<reader+choir@post.example> NOTIFY=FAILURE ORCPT=rfc822;reader+2Bchoir@post.example
DATA
From: Harbour Choir <news@choir.example>
To: reader+choir@post.example
Subject: Rehearsals in spring

We sing on Tuesdays.
.
QUIT
SMTP
export folder LD_LIBRARY_PATH="$folder/usr/lib/$(uname -m)-linux-gnu"
unshare --mount --propagation private bash -euo pipefail -c '
    mount --bind passwd /etc/passwd
    mount --bind group /etc/group
    usr/sbin/exim4 -C "$folder/conf" -odf -oMa 192.0.2.7 -bs < said > answers 2> errors
    for _ in $(seq 100); do grep -qs "^Status:" spool/returned && break; sleep 0.2; done'
seen=$(grep -E "^(Original-Envelope-ID|Original-Recipient|Final-Recipient):" spool/returned)
echo "$seen"
expected="Original-Envelope-ID: issue+3D7
Original-Recipient: rfc822;reader+2Bchoir@post.example
Final-Recipient: rfc822;reader+choir@post.example"
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
