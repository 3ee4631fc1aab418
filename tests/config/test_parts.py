"""What the import linter cannot see: relations between models, circles of imports, and what the README promises."""

import re
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest
from django.apps import apps
from django.db.models import Model

ROOT = Path(__file__).resolve().parent.parent.parent
ORDER = ["campaigns", "tracking", "delivery", "contacts", "accounts"]  # left may know right
PRODUCT = ("tools", "config", *ORDER)
# Many megabytes, each for one thing that is seldom done: imported there, inside the function.
LATE = {
    *("PIL", "altcha", "anymail", "argon2", "boto3", "celery.bin", "charset_normalizer", "cryptography.x509", "dkim"),
    *("disposable_email_domains", "icalendar", "lxml", "openpyxl", "phonenumbers", "premailer", "prompt_toolkit"),
    *("pygments", "requests"),
}


@pytest.mark.parametrize("model", [model for app in ORDER for model in apps.get_app_config(app).get_models()])
def test_model_points_only_to_parts_below_it(model: type[Model]) -> None:
    own = ORDER.index(model._meta.app_label)
    for field in model._meta.get_fields():
        target = field.related_model if field.is_relation and not field.auto_created else None
        if isinstance(target, type) and target._meta.app_label in ORDER:
            assert ORDER.index(target._meta.app_label) >= own, f"{model.__name__}.{field.name} points upward"


def test_no_two_modules_import_each_other_not_even_for_their_types() -> None:
    """Imports within functions and under TYPE_CHECKING count: two modules that need each other are one."""
    graph = grimp.build_graph(*PRODUCT, cache_dir=None)
    assert "delivery.outcomes" in graph.modules
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as circle:
        pytest.fail(" imports ".join(reversed(circle.args[1])))


def test_heavy_libraries_are_loaded_where_they_are_used() -> None:
    """What the warmed parent holds, pages, workers and the rest of a machine hold as long as they run."""
    script = "import sys; from config import warmed; warmed.load(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {"celery.worker.consumer", "granian.server"} <= loaded
    assert LATE & loaded == set()


def test_readme_names_only_what_exists() -> None:
    readme = (ROOT / "README.md").read_text()
    targets = re.findall(r"\]\(([^)#]+)\)", readme)
    folders = re.findall(r"^\| ((?:`[a-z]+/` ?)+)\|", readme, flags=re.MULTILINE)
    assert targets
    assert folders
    named = targets + [folder for row in folders for folder in re.findall(r"`([a-z]+/)`", row)]
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_make_alone_explains_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.+)$", makefile, flags=re.MULTILINE)
    assert phony
    assert set(phony.group(1).split()) == set(re.findall(r"^([a-z]+):.*##", makefile, flags=re.MULTILINE))
