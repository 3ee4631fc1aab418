#!/usr/bin/env bash
# mjml-python 1.4.2 forgets the distance at the sides in padding="0 30px" when it reckons widths for Outlook.
#
# CSS and MJML know a zero without a unit, and "0 30px" is the usual way to write a section without distance above and
# below. mrml, which compiles for mjml-python, copies it into the style, but reckons as if there were none at the
# sides as soon as one of the values is a bare 0. What it reckoned stands in the cells for Outlook on Windows and in
# the width of pictures: two columns are as wide as the whole mail, the distance comes on top, and a mail of 640
# pixels adds up to 700. The same holds for the sections in a wrapper. Browsers take pictures at 100 % of their
# column, so that a preview shows nothing of it, and nothing is raised. With "0px" for 0, or padding-left and
# padding-right, the widths are right.
#
# Seen with mjml 5.4.1 (npm) and mjml-python 1.4.2, a mail of 640 pixels with two columns and a picture in each:
#   mjml, "0 30px": columns 290px 290px, pictures 240 240, section in a wrapper 580px
#   mjml, "10px 30px 0": columns 290px 290px, pictures 240 240, section in a wrapper 580px
#   mjml, "0px 30px": columns 290px 290px, pictures 240 240, section in a wrapper 580px
#   mjml-python, "0 30px": columns 320px 320px, pictures 270 270, section in a wrapper 640px
#   mjml-python, "10px 30px 0": columns 320px 320px, pictures 270 270, section in a wrapper 640px
#   mjml-python, "0px 30px": columns 290px 290px, pictures 240 240, section in a wrapper 580px
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts "mjml@5.4.1"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "mjml-python==1.4.2"
cat > compile.mjs <<'JAVASCRIPT'
import mjml2html from "mjml";
import { readFileSync } from "fs";

const { html } = await mjml2html(readFileSync(0, "utf8"), { validationLevel: "strict" });
process.stdout.write(html);
JAVASCRIPT
cat > ask.py <<'PYTHON'
import re
import subprocess

from mjml import mjml2html

COLUMNS = '<mj-column><mj-image src="https://choir.example/a.png" /></mj-column>' * 2


def by_node(mail):
    return subprocess.run(["node", "compile.mjs"], input=mail, capture_output=True, text=True, check=True).stdout


def by_python(mail):
    return mjml2html(mail)


def mail_of(body):
    return f'<mjml><mj-body width="640px">{body}</mj-body></mjml>'


for name, compiled in (("mjml", by_node), ("mjml-python", by_python)):
    for padding in ("0 30px", "10px 30px 0", "0px 30px"):
        page = compiled(mail_of(f'<mj-section padding="{padding}">{COLUMNS}</mj-section>'))
        columns = re.findall(r"<td[^>]* style=\"vertical-align: ?top; ?width: ?([\d.]+px)", page)
        pictures = re.findall(r'<img[^>]* width="([\d.]+)"', page)
        wrapped = compiled(mail_of(f'<mj-wrapper padding="{padding}"><mj-section>{COLUMNS}</mj-section></mj-wrapper>'))
        section = re.findall(r"<div[^>]* style=\"[^\"]*max-width: ?([\d.]+px)", wrapped)[-1]
        print(f'{name}, "{padding}": columns {" ".join(columns)}, pictures {" ".join(pictures)}, '
              f"section in a wrapper {section}")  # fmt: skip
PYTHON
seen=$(venv/bin/python ask.py)
echo "$seen"
expected='mjml, "0 30px": columns 290px 290px, pictures 240 240, section in a wrapper 580px
mjml, "10px 30px 0": columns 290px 290px, pictures 240 240, section in a wrapper 580px
mjml, "0px 30px": columns 290px 290px, pictures 240 240, section in a wrapper 580px
mjml-python, "0 30px": columns 320px 320px, pictures 270 270, section in a wrapper 640px
mjml-python, "10px 30px 0": columns 320px 320px, pictures 270 270, section in a wrapper 640px
mjml-python, "0px 30px": columns 290px 290px, pictures 240 240, section in a wrapper 580px'
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
