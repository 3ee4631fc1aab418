"""`python -m tools.translations`: keep the catalogues of recipients' pages in step with their words, and compile them.

What is new in templates and code is added to each `locale/*/LC_MESSAGES/django.po` without a translation, what is gone
is taken out, and the .mo files beside them, which are committed too, are written anew: an installation needs no tool
for that.
"""

import ast
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog, mofile, pofile
from django.utils.translation.template import templatize

from tools.usage import takes_nothing

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
_TEMPLATES = ROOT / "templates" / "public"
_CODE = tuple(
    ROOT / path
    for path in ("tracking", "accounts", "contacts/signup", "campaigns/signup_mails", "campaigns/multilingual")
)
# Lines of a header that would differ each time, or say nothing.
_NOBODY_S = re.compile(
    rb'^(?:#[^\n]*|"(?:POT-|PO-|Generated|Report|Last-|Language-Team|Project)[^\n]*)\n', re.MULTILINE
)
_CALL = re.compile(r"gettext\(u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\)")


def words() -> list[str]:
    """Every text that is to be translated, in the order of the files."""
    found = [text for path in sorted(_TEMPLATES.rglob("*.html")) for text in _of_template(path)]
    found += [text for folder in _CODE for path in sorted(folder.rglob("*.py")) for text in _of_code(path)]
    return list(dict.fromkeys(found))


def languages() -> list[str]:
    return sorted(path.name for path in LOCALE.iterdir() if path.is_dir())


def path_of(language: str, ending: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"django.{ending}"


def read(language: str) -> Catalog:
    with path_of(language, "po").open("rb") as file:
        return pofile.read_po(file, locale=language)


def compiled(catalog: Catalog) -> bytes:
    buffer = io.BytesIO()
    mofile.write_mo(buffer, catalog)
    return buffer.getvalue()


def untranslated(catalog: Catalog) -> list[str]:
    return [str(text) for text in words() if not (found := catalog.get(text)) or not found.string or found.fuzzy]


def written(language: str, known: Catalog) -> Catalog:
    """The catalogue with exactly the words there are now."""
    fresh = Catalog(locale=language, project="Tallypost", fuzzy=False, charset="utf-8")
    for text in words():
        before = known.get(text)
        fresh.add(text, before.string if before else "")
    return fresh


def _of_template(path: Path) -> Iterator[str]:
    for found in _CALL.findall(templatize(path.read_text(), origin=str(path))):
        yield str(ast.literal_eval(found))


def _of_code(path: Path) -> Iterator[str]:
    """Of calls of `_`, each with one whole text."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_" and node.args:
            text = node.args[0]
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                yield text.value


def main() -> None:
    missing = False
    for language in languages():
        catalog = written(language, read(language))
        buffer = io.BytesIO()
        pofile.write_po(buffer, catalog, width=0, omit_header=False, sort_output=False)
        path_of(language, "po").write_bytes(_NOBODY_S.sub(b"", buffer.getvalue()))
        path_of(language, "mo").write_bytes(compiled(read(language)))
        for text_left in untranslated(catalog):
            missing = True
            print(f"{language}: {text_left}")
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    takes_nothing("tools.translations", __doc__)
    main()
