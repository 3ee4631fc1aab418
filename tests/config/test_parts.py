"""What the import linter cannot see: relations between models, and what the README promises."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model

ROOT = Path(__file__).resolve().parent.parent.parent
ORDER = ["campaigns", "tracking", "delivery", "contacts", "accounts"]  # left may know right


@pytest.mark.parametrize("model", [model for app in ORDER for model in apps.get_app_config(app).get_models()])
def test_model_points_only_to_parts_below_it(model: type[Model]) -> None:
    own = ORDER.index(model._meta.app_label)
    for field in model._meta.get_fields():
        target = field.related_model if field.is_relation and not field.auto_created else None
        if isinstance(target, type) and target._meta.app_label in ORDER:
            assert ORDER.index(target._meta.app_label) >= own, f"{model.__name__}.{field.name} points upward"


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
