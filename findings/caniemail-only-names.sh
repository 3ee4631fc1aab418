#!/usr/bin/env bash
# caniemail 1.0.5 (npm) says success for what its own tables say Outlook on Windows ignores.
#
# The package brings caniemail.com's tables and a checker, caniemail(). That one looks up the names of properties and a
# few whole values by their exact spelling. Functions such as rgba(), calc() and linear-gradient(), kinds of pictures such
# as WebP, and display:flex with !important behind it (what mails write against inline styles) stand as "n" in the table
# and are never an error. By its tables the words on that gradient stand on no background and the picture is not there,
# and the answer is success. Who needs the tables has to find out by other means what a mail uses.
#
# Seen with caniemail 1.0.5, client outlook.windows, table of 2025-09-09 (the table's verdict, then the checker's):
#   display:flex: table n, success false
#   display:flex !important: table n, success true
#   background:linear-gradient(): table n, success true
#   background-color:rgba(): table n, success true
#   width:calc(): table n, success true
#   WebP picture: table n, success true
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts "caniemail@1.0.5"
cat > ask.mjs <<'JAVASCRIPT'
import { caniemail, rawData } from "caniemail";

const cases = [
  ["display:flex", "css-display-flex", '<p style="display:flex">Autumn</p>'],
  ["display:flex !important", "css-display-flex", '<p style="display:flex !important">Autumn</p>'],
  ["background:linear-gradient()", "css-linear-gradient", '<p style="color:#fff;background:linear-gradient(#246,#123)">Autumn</p>'],
  ["background-color:rgba()", "css-rgba", '<p style="color:#fff;background-color:rgba(20,40,60,.9)">Autumn</p>'],
  ["width:calc()", "css-unit-calc", '<p style="width:calc(100% - 40px)">Autumn</p>'],
  ["WebP picture", "image-webp", '<img src="https://choir.example/autumn.webp" alt="Autumn">'],
];
for (const [words, slug, html] of cases) {
  const versions = Object.values(rawData.data.find((feature) => feature.slug === slug).stats.outlook.windows);
  const { success } = caniemail({ clients: ["outlook.windows"], html });
  console.log(`${words}: table ${versions.at(-1)[0]}, success ${success}`);
}
JAVASCRIPT
seen=$(node ask.mjs)
echo "$seen"
expected="display:flex: table n, success false
display:flex !important: table n, success true
background:linear-gradient(): table n, success true
background-color:rgba(): table n, success true
width:calc(): table n, success true
WebP picture: table n, success true"
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
