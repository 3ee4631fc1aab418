#!/usr/bin/env bash
# minijinja 3.0.5 takes every text for more than every number, without a word, where Jinja refuses to compare the two.
#
# minijinja reads Jinja's language. Jinja raises an error for "20" > 100 and for a field that is missing, so whoever
# writes such a condition learns of it with the first mail. minijinja answers by kind: values out of a file of contacts,
# all of them texts, are above any limit, an empty one too, and what is missing is below. The voucher for a hundred
# points goes to everybody, and "only 3 seats left" to none. Numbers have to be made of texts before, by points | int,
# which fails for an empty text.
#
# Seen with minijinja 3.0.5 and Jinja 3.1.6, {% if points > 100 %}voucher{% else %}nothing{% endif %}:
#   20: minijinja nothing, jinja nothing
#   "20": minijinja voucher, jinja TypeError
#   "": minijinja voucher, jinja TypeError
#   missing: minijinja nothing, jinja UndefinedError
#   {{ points | int > 100 }} of "": minijinja TemplateError, jinja False
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "minijinja==3.0.5" "Jinja2==3.1.6"
cat > "$folder/ask.py" <<'PYTHON'
import json

import jinja2
import minijinja

CONDITION = "{% if points > 100 %}voucher{% else %}nothing{% endif %}"


def rendered(template, **values):
    for name, render in (
        ("minijinja", lambda: minijinja.Environment().render_str(template, **values)),
        ("jinja", lambda: jinja2.Template(template).render(**values)),
    ):
        try:
            yield f"{name} {render()}"
        except Exception as problem:
            yield f"{name} {type(problem).__name__}"


for points in (20, "20", ""):
    print(f"{json.dumps(points)}: {', '.join(rendered(CONDITION, points=points))}")
print(f"missing: {', '.join(rendered(CONDITION))}")
print('{{ points | int > 100 }} of "":', ", ".join(rendered("{{ points | int > 100 }}", points="")))
PYTHON
seen=$("$folder/venv/bin/python" "$folder/ask.py")
echo "$seen"
expected='20: minijinja nothing, jinja nothing
"20": minijinja voucher, jinja TypeError
"": minijinja voucher, jinja TypeError
missing: minijinja nothing, jinja UndefinedError
{{ points | int > 100 }} of "": minijinja TemplateError, jinja False'
[ "$seen" = "$expected" ] || { echo "This has changed." >&2; exit 1; }
