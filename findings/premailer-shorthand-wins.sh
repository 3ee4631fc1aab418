#!/usr/bin/env bash
# premailer 3.10.0 lets a weaker rule's shorthand win over a stronger rule's longhand.
#
# An element keeps each property where it first met it, with the value that came last. Once a reset (td { padding-top: 0 })
# has named the longhand, every stronger padding-top goes to that early place, and the shorthand of a rule between the two
# stands behind it and takes it back. A button loses its own colour, a cell its own distance, and a style attribute in the
# mail loses to the sheet that it was written against. Browsers show the page right and the mail wrong; juice 11.1.1 and
# css-inline 0.24.0 order these declarations as the cascade has them.
#
# Seen with premailer 3.10.0 (what a browser computes of the page, then what is in the element's style):
#   padding-top 5px: padding-top:5px; padding:10px
#   padding-top 5px: padding-top:5px; padding:10px
#   background-color #456: background-color:#456; background:#123 url(a.png)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "premailer==3.10.0" "cssutils==2.15.0" "lxml==6.0.2"
cat > "$folder/ask.py" <<'PYTHON'
import re

from premailer import Premailer

RESET = "td { padding-top: 0; background-color: #fff }"
CASES = [
    ("padding-top 5px", ".box { padding: 10px } #last { padding-top: 5px }", '<td class="box" id="last">'),
    ("padding-top 5px", ".box { padding: 10px }", '<td class="box" style="padding-top: 5px">'),
    ("background-color #456", ".box { background: #123 url(a.png) } #last { background-color: #456 }",
     '<td class="box" id="last">'),
]  # fmt: skip
for computed, rules, cell in CASES:
    page = f"<html><head><style>{RESET} {rules}</style></head><body><table><tr>{cell}Autumn</td></tr></table></body></html>"
    style = re.search(r'<td[^>]* style="([^"]*)"', Premailer(page).transform())[1]
    named = computed.partition("-")[0]
    print(f"{computed}: {'; '.join(each for each in style.split('; ') if each.startswith(named))}")
PYTHON
seen=$("$folder/venv/bin/python" "$folder/ask.py")
echo "$seen"
expected="padding-top 5px: padding-top:5px; padding:10px
padding-top 5px: padding-top:5px; padding:10px
background-color #456: background-color:#456; background:#123 url(a.png)"
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
