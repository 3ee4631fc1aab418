#!/usr/bin/env bash
# msmtpd 1.8.23 (Debian 12) refuses o'neil@post.example as no address, and hangs up on whoever else was to get the mail.
#
# RFC 5321, 4.1.2: a local part may have any of !#$%&'*+-/=?^_`{|}~ in it, and an apostrophe is common in names. msmtpd,
# the SMTP server that hands mail to msmtp, answers "501 Invalid address" for most of them, in MAIL and RCPT alike; its
# manual does not say so. Who suppresses by such words loses people whose mailboxes are well. RSET and NOOP, which every
# server has to know (4.5.1), end the session as an error, too: a sender that goes on to the next mail after a refusal,
# or asks whether a connection that it kept is alive, loses the connection.
#
# Seen with msmtpd 1.8.23-1, two people in one session, then what the standard asks of any server:
#   o'neil@post.example: 501 Invalid address; anna@post.example: no answer
#   r&d@post.example: 501 Invalid address; anna@post.example: no answer
#   jean/paul+choir@post.example: 250 Ok; anna@post.example: 250 Ok
#   NOOP: 500 Expected MAIL FROM:<addr> or QUIT; anna@post.example: no answer
#   RSET: 500 Expected MAIL FROM:<addr> or QUIT; anna@post.example: no answer
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq "msmtp-mta=1.8.23-1*" libsecret-1-0 libgsasl18 libgssglue1 libidn12 libntlm0 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
export LD_LIBRARY_PATH="$folder/usr/lib/$(uname -m)-linux-gnu"
cat > ask.py <<'PYTHON'
import subprocess


def answers(lines):
    """Each line once the one before was answered; none once the server has hung up."""
    program = ["usr/bin/msmtpd", "--inetd", "--command=cat > /dev/null; true"]
    with subprocess.Popen(program, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        server.stdout.readline()
        for line in lines:
            try:
                server.stdin.write(f"{line}\r\n".encode())
            except BrokenPipeError:
                pass
            yield server.stdout.readline().decode().strip() or "no answer"


for person in ("o'neil", "r&d", "jean/paul+choir"):
    said = list(answers(["EHLO relay", "MAIL FROM:<news@choir.example>",
                         f"RCPT TO:<{person}@post.example>", "RCPT TO:<anna@post.example>"]))
    print(f"{person}@post.example: {said[2]}; anna@post.example: {said[3]}")
for word in ("NOOP", "RSET"):
    said = list(answers(["EHLO relay", word, "MAIL FROM:<news@choir.example>", "RCPT TO:<anna@post.example>"]))
    print(f"{word}: {said[1]}; anna@post.example: {said[3]}")
PYTHON
seen=$(python3 ask.py 2> errors)
echo "$seen"
expected="o'neil@post.example: 501 Invalid address; anna@post.example: no answer
r&d@post.example: 501 Invalid address; anna@post.example: no answer
jean/paul+choir@post.example: 250 Ok; anna@post.example: 250 Ok
NOOP: 500 Expected MAIL FROM:<addr> or QUIT; anna@post.example: no answer
RSET: 500 Expected MAIL FROM:<addr> or QUIT; anna@post.example: no answer"
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
