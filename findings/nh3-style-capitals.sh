#!/usr/bin/env bash
# nh3 0.3.8 takes an allowed style property away when the mail writes it in capitals.
#
# CSS knows no difference between COLOR and color, and clean() knows none for elements and attributes (STYLE is kept). What
# `filter_style_properties` names is compared letter by letter, though: old newsletters, whose editors stood on Internet
# Explorer's engine and wrote "FONT-SIZE: 14pt; COLOR: #cc0000", come out without size and colour, with an empty style and
# no error. Every spelling has to be named, or the names made small before.
#
# Seen with nh3 0.3.8, color and font-size allowed:
#   <P STYLE="font-size: 14pt; color: #cc0000"> -> <p style="font-size:14pt;color:#cc0000">
#   <P STYLE="FONT-SIZE: 14pt; COLOR: #cc0000"> -> <p style="">
#   <P STYLE="Font-Size: 14pt; color: #cc0000"> -> <p style="color:#cc0000">
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "nh3==0.3.8"
cat > "$folder/ask.py" <<'PYTHON'
import nh3

for names in ("font-size color", "FONT-SIZE COLOR", "Font-Size color"):
    size, colour = names.split()
    tag = f'<P STYLE="{size}: 14pt; {colour}: #cc0000">'
    cleaned = nh3.clean(f"{tag}Autumn</P>", attributes={"p": {"style"}}, filter_style_properties={"color", "font-size"})
    print(f"{tag} -> {cleaned.removesuffix('Autumn</p>')}")
PYTHON
seen=$("$folder/venv/bin/python" "$folder/ask.py")
echo "$seen"
expected='<P STYLE="font-size: 14pt; color: #cc0000"> -> <p style="font-size:14pt;color:#cc0000">
<P STYLE="FONT-SIZE: 14pt; COLOR: #cc0000"> -> <p style="">
<P STYLE="Font-Size: 14pt; color: #cc0000"> -> <p style="color:#cc0000">'
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
