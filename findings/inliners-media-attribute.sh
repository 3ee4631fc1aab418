#!/usr/bin/env bash
# juice 11.1.1 (npm) and css-inline 0.24.0 write a dark, narrow or print style sheet onto the elements, for everybody.
#
# HTML lets a sheet say when it holds, in <style media="(prefers-color-scheme: dark)">, the same as @media within it.
# The two inliners keep @media rules off the elements, but read a style element without its media attribute: its rules
# come last, as such sheets do, and win. Everybody gets white words on the white of a light mail, and what small
# screens leave out is gone from all; with the options that keep the sheets, too, as the elements have the style by
# then. premailer 3.10.0 lets such a sheet alone. For these two it has to be written as @media, or marked: data-embed
# (juice), data-css-inline="ignore" beside keep_style_tags (css-inline).
#
# Seen with juice 11.1.1, css-inline 0.24.0 and premailer 3.10.0:
#   juice, @media: color: #111
#   juice, media: color: #fff; font-size: 9pt; display: none
#   juice, media, sheets kept: color: #fff; font-size: 9pt; display: none
#   css-inline, @media: color: #111
#   css-inline, media: color: #fff;font-size: 9pt;display: none
#   css-inline, media, sheets kept: color: #fff;font-size: 9pt;display: none
#   premailer, @media: color:#111
#   premailer, media: color:#111
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts "juice@11.1.1"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
    "css-inline==0.24.0" "premailer==3.10.0" "cssutils==2.15.0" "lxml==6.0.2"
cat > pages.py <<'PYTHON'
SHEETS = {
    "(prefers-color-scheme: dark)": "p { color: #fff }",
    "print": "p { font-size: 9pt }",
    "(max-width: 480px)": "p { display: none }",
}


def page(sheets):
    return f"<html><head><style>p {{ color: #111 }}</style>{sheets}</head><body><p>Autumn</p></body></html>"


PAGES = {
    "@media": page("".join(f"<style>@media {when} {{ {rules} }}</style>" for when, rules in SHEETS.items())),
    "media": page("".join(f'<style media="{when}">{rules}</style>' for when, rules in SHEETS.items())),
}
PYTHON
cat > ask.mjs <<'JAVASCRIPT'
import juice from "juice";
import { readFileSync } from "fs";

const pages = JSON.parse(readFileSync(0, "utf8"));
const tell = (what, html) => console.log(`juice, ${what}: ${html.match(/<p style="([^"]*?);?"/)[1]}`);
tell("@media", juice(pages["@media"]));
tell("media", juice(pages.media));
tell("media, sheets kept", juice(pages.media, { removeStyleTags: false }));
JAVASCRIPT
cat > ask.py <<'PYTHON'
import re

import css_inline
from pages import PAGES
from premailer import transform


def tell(what, html):
    print(f"{what}: {re.search('<p style=.([^>]*?);?.>', html)[1]}")


tell("css-inline, @media", css_inline.inline(PAGES["@media"], keep_at_rules=True))
tell("css-inline, media", css_inline.inline(PAGES["media"]))
tell("css-inline, media, sheets kept", css_inline.inline(PAGES["media"], keep_style_tags=True))
tell("premailer, @media", transform(PAGES["@media"]))
tell("premailer, media", transform(PAGES["media"]))
PYTHON
seen=$(
    venv/bin/python -c "import json, pages; print(json.dumps(pages.PAGES))" | node ask.mjs
    venv/bin/python ask.py
)
echo "$seen"
expected="juice, @media: color: #111
juice, media: color: #fff; font-size: 9pt; display: none
juice, media, sheets kept: color: #fff; font-size: 9pt; display: none
css-inline, @media: color: #111
css-inline, media: color: #fff;font-size: 9pt;display: none
css-inline, media, sheets kept: color: #fff;font-size: 9pt;display: none
premailer, @media: color:#111
premailer, media: color:#111"
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
