"""`python -m tools.translations`: keep the catalogues of recipients' pages in step with their words, and compile them.

Beside our own words they say in ours what Django says about a mistake in a form. English has a catalogue for that
alone: all that Django may say to staff is in it, whichever form, field or validator says it. The other languages have
what may be said on a recipient's page.

What is new in templates and code is added to each `locale/*/LC_MESSAGES/django.po` without a translation, what is gone
is taken out, and the .mo files beside them, which are committed too, are written anew: an installation needs no tool
for that.
"""

import ast
import io
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import django
from babel.messages import Catalog, Message, mofile, pofile
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
_DJANGO = Path(django.__file__).parent
_SAY_WHAT_IS_WRONG = (
    "contrib/auth/password_validation.py",
    "core/validators.py",
    "db/models/base.py",
    "db/models/constraints.py",
    "db/models/fields/__init__.py",
    "db/models/fields/json.py",
    "db/models/fields/related.py",
    "forms/fields.py",
    "forms/formsets.py",
    "forms/models.py",
    "forms/utils.py",
)
_OF_A_FIELD_S_HELP = "Your password "
_SAID_TO_RECIPIENTS = (
    "This field is required.",
    "Enter a list of values.",
    "Enter a valid email address.",
    "Null characters are not allowed.",
    "Select a valid choice. %(value)s is not one of the available choices.",
    "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
)
# A text, or one for the singular and one for the plural.
Words = str | tuple[str, str]
_CALL = re.compile(r"gettext\(u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\)")


def words(language: str) -> tuple[Words, ...]:
    """Every text that is to be translated, in the order of the files."""
    return of_django() if language == "en" else of_recipients()


@cache
def of_recipients() -> tuple[Words, ...]:
    """All texts of their pages and mails, and what of Django's may be said there: in every language the same."""
    own = [text for path in sorted(_TEMPLATES.rglob("*.html")) for text in _of_template(path)]
    own += [text for folder in _CODE for path in sorted(folder.rglob("*.py")) for text in _of_code(path)]
    said = [text for text in of_django() if (text if isinstance(text, str) else text[0]) in _SAID_TO_RECIPIENTS]
    return tuple(dict.fromkeys([*own, *said]))


@cache
def of_django() -> tuple[Words, ...]:
    """All sentences by which Django refuses what somebody entered."""
    found = [text for path in _SAY_WHAT_IS_WRONG for text in _sentences(_DJANGO / path)]
    return tuple(dict.fromkeys(found))


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


def strings(message: Message) -> tuple[str, ...]:
    """One, or one for each number that the language tells apart."""
    found = message.string
    return (found,) if isinstance(found, str) else tuple(found or ())


def untranslated(language: str, catalog: Catalog) -> list[str]:
    return [str(text) for text in words(language) if not _is_there(catalog, text)]


def written(language: str, known: Catalog) -> Catalog:
    """The catalogue with exactly the words there are now."""
    fresh = Catalog(locale=language, project="Tallypost", fuzzy=False, charset="utf-8")
    for text in words(language):
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


def _sentences(path: Path) -> Iterator[Words]:
    """Of calls of `_` and of `ngettext_lazy`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        texts = [str(one.value) for one in node.args if isinstance(one, ast.Constant)]
        if node.func.id not in ("_", "gettext", "ngettext", "ngettext_lazy") or not texts or not texts[0].endswith("."):
            continue
        if not texts[0].startswith(_OF_A_FIELD_S_HELP):
            yield texts[0] if len(texts) == 1 else (texts[0], texts[1])


def _is_there(catalog: Catalog, text: Words) -> bool:
    found = catalog.get(text)
    if found is None or found.fuzzy:
        return False
    return bool(strings(found)) and all(strings(found))


def main() -> None:
    missing = False
    for language in languages():
        catalog = written(language, read(language))
        buffer = io.BytesIO()
        pofile.write_po(buffer, catalog, width=0, omit_header=False, sort_output=False)
        path_of(language, "po").write_bytes(_NOBODY_S.sub(b"", buffer.getvalue()))
        path_of(language, "mo").write_bytes(compiled(read(language)))
        for text_left in untranslated(language, catalog):
            missing = True
            print(f"{language}: {text_left}")
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    takes_nothing("tools.translations", __doc__)
    main()
