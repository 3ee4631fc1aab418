#!/usr/bin/env bash
# html2text 2025.4.15 breaks the links of a mail at their hyphens, also with the option that protects links.
#
# Lines are wrapped at 78 characters by Python's textwrap, to which "town-hall" in an address is two words. What mail
# programs make clickable ends with the line: the text part of a newsletter leads to pages that do not exist, and so do its
# links to unsubscribe. `protect_links` ("protect links from line breaks") puts angle brackets around and breaks within.
# `wrap_links = False` helps links, not addresses in words or links named by their address; only `body_width = 0` helps all.
#
# Seen with html2text 2025.4.15: is the address whole in its line, for a link, its address as its name, and bare words?
#   by itself: link False, named by itself False, words False
#   protect_links: link False, named by itself False, words False
#   wrap_links off: link True, named by itself False, words False
#   body_width 0: link True, named by itself True, words True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "html2text==2025.4.15"
cat > "$folder/ask.py" <<'PYTHON'
from html2text import HTML2Text

ADDRESS = "https://choir.example/programme/autumn-concert-in-the-old-town-hall-with-our-friends-of-the-harbour/tickets"
PARAGRAPHS = {
    "link": f'<a href="{ADDRESS}">Tickets</a>',
    "named by itself": f'<a href="{ADDRESS}">{ADDRESS}</a>',
    "words": f"Tickets: {ADDRESS}",
}
OPTIONS = {
    "by itself": {}, "protect_links": {"protect_links": True}, "wrap_links off": {"wrap_links": False},
    "body_width 0": {"body_width": 0},
}  # fmt: skip
for name, options in OPTIONS.items():
    told = []
    for paragraph, html in PARAGRAPHS.items():
        reader = HTML2Text()
        vars(reader).update(options)
        told.append(f"{paragraph} {ADDRESS in reader.handle(f'<p>{html}</p>')}")
    print(f"{name}: {', '.join(told)}")
PYTHON
seen=$("$folder/venv/bin/python" "$folder/ask.py")
echo "$seen"
expected="by itself: link False, named by itself False, words False
protect_links: link False, named by itself False, words False
wrap_links off: link True, named by itself False, words False
body_width 0: link True, named by itself True, words True"
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
