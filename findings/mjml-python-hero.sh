#!/usr/bin/env bash
# mjml-python 1.4.2 cuts the picture of a fluid mj-hero to its words, and takes full-width="false" for yes.
#
# mjml-python compiles MJML with mrml, without Node. MJML documents two modes of a hero: "fluid-height", as high as
# its picture at any width, and "fixed-height". mrml waits for "fluid" instead, and takes "fluid-height" for a fixed
# height of none; with "fluid" it writes the proportion without "%", which browsers pass over. Of a picture of 300
# pixels a strip remains behind the words, 33 pixels in Chromium. Any value of full-width, also the documented
# "false", stretches the ground over the whole window. inner-padding of a hero holds in Outlook alone, its
# border-radius and the title of a button nowhere. Nothing is raised.
#
# Seen with mjml 5.4.1 (npm) and mjml-python 1.4.2:
#   mjml, fluid-height: height none, padding-bottom 50%
#   mjml-python, fluid-height: height 0px, padding-bottom none
#   mjml-python, fluid: height none, padding-bottom 50
#   mjml, full-width="false": ground on a div, max-width:600px
#   mjml-python, full-width="false": ground on a table, width:100%
#   mjml: inner-padding True, border-radius True, title True
#   mjml-python: inner-padding False, border-radius False, title False
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
console.log(html);
JAVASCRIPT
cat > ask.py <<'PYTHON'
import re
import subprocess

from mjml import mjml2html


def by_node(page):
    return subprocess.run(["node", "compile.mjs"], input=page, text=True, capture_output=True, check=True).stdout


def hero(attributes, inside="<mj-text>Autumn</mj-text>"):
    picture = 'background-url="a.png" background-width="600px" background-height="300px"'
    return f"<mjml><mj-body><mj-hero {attributes} {picture}>{inside}</mj-hero></mj-body></mjml>"


def size(html):
    room = re.search(r'<td[^>]* background="[^>]*[;"]height:([^;"]*)', html)
    beside = re.search(r'<td[^>]*[;"]padding-bottom:([^;"]*)[^>]*/>', html)
    return f"height {room[1] if room else 'none'}, padding-bottom {beside[1] if beside else 'none'}"


def ground(html):
    tag, style = re.search(r'<(div|table)[^>]* style="(background:#224466;[^"]*)"', html).groups()
    return f"ground on a {tag}, {re.search('(?:max-)?width:[^;]*', style)[0]}"


def told(html):
    patterns = {
        "inner-padding": r'<div class="mj-hero-content" style="[^"]*padding:7px',
        "border-radius": "border-radius:9px",
        "title": 'title="Seats"',
    }
    tidy = " ".join(html.split())
    return ", ".join(f"{name} {bool(re.search(pattern, tidy))}" for name, pattern in patterns.items())


FLUID = hero('mode="fluid-height"')
NARROW = (
    '<mjml><mj-body><mj-section full-width="false" background-color="#224466"><mj-column><mj-text>Autumn</mj-text>'
    "</mj-column></mj-section></mj-body></mjml>"
)
BUTTON = '<mj-button href="https://choir.example/" title="Seats">Go</mj-button>'
LOST = hero('inner-padding="7px" border-radius="9px"', BUTTON)
print("mjml, fluid-height:", size(by_node(FLUID)))
print("mjml-python, fluid-height:", size(mjml2html(FLUID)))
print("mjml-python, fluid:", size(mjml2html(hero('mode="fluid"'))))
print('mjml, full-width="false":', ground(by_node(NARROW)))
print('mjml-python, full-width="false":', ground(mjml2html(NARROW)))
print("mjml:", told(by_node(LOST)))
print("mjml-python:", told(mjml2html(LOST)))
PYTHON
seen=$(venv/bin/python ask.py)
echo "$seen"
expected='mjml, fluid-height: height none, padding-bottom 50%
mjml-python, fluid-height: height 0px, padding-bottom none
mjml-python, fluid: height none, padding-bottom 50
mjml, full-width="false": ground on a div, max-width:600px
mjml-python, full-width="false": ground on a table, width:100%
mjml: inner-padding True, border-radius True, title True
mjml-python: inner-padding False, border-radius False, title False'
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
