"""Scripts and styles of older builds: needed by products of the same checkout that run, and by pages that are open."""

import contextlib
import json
import os
import shutil
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from config import builds, run

LONG_AGO = time.time() - 8 * 86_400


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    return tmp_path


def build(built: Path, *names: str) -> None:
    for name in names:
        (built / "assets" / name).touch()
    (built / "files.json").write_text(json.dumps([f"assets/{name}" for name in names]))


def later(built: Path) -> None:
    """More than a week passes."""
    for file in built.rglob("*.*"):
        os.utime(file, (LONG_AGO, LONG_AGO))


def files(built: Path) -> set[str]:
    return {file.name for file in (built / "assets").iterdir()}


def test_files_of_a_build_stay_while_a_product_runs_that_was_started_with_it(built: Path) -> None:
    build(built, "main-1.js", "font.woff2")
    with builds.in_use(built):
        later(built)
        build(built, "main-2.js", "font.woff2")
        later(built)
        with builds.in_use(built):
            assert files(built) == {"main-1.js", "main-2.js", "font.woff2"}
    later(built)
    with builds.in_use(built):
        assert files(built) == {"main-2.js", "font.woff2"}
    assert len(list((built / "builds").iterdir())) == 1


def test_files_of_a_build_that_ran_or_was_made_this_week_stay(built: Path) -> None:
    build(built, "main-1.js")
    later(built)
    with builds.in_use(built):
        pass
    build(built, "main-2.js")
    build(built, "main-3.js")
    with builds.in_use(built):
        assert files(built) == {"main-1.js", "main-2.js", "main-3.js"}


def test_nothing_goes_where_nothing_is_known_of_what_was_built(built: Path) -> None:
    build(built, "main-1.js")
    (built / "files.json").unlink()
    later(built)
    with builds.in_use(built):
        assert files(built) == {"main-1.js"}


def test_all_that_was_built_stays(tmp_path: Path) -> None:
    """Also what no manifest names: the worker of the sign-up form."""
    built = shutil.copytree(run.ROOT / "frontend" / "dist", tmp_path / "dist")
    (built / "assets" / "main-old.js").touch()
    later(built)
    with builds.in_use(built):
        assert "main-old.js" not in files(built)
    entry = json.loads((built / "manifest.json").read_text())["src/main.js"]
    assert (built / entry["file"]).exists()
    assert list((built / "assets").glob("signup-worker-*.js"))


@pytest.mark.django_db
def test_a_browser_keeps_hashed_files_and_asks_again_for_those_with_one_name_for_all_builds(client: Client) -> None:
    def kept(name: str) -> str:
        with contextlib.closing(client.get(f"/static/{name}")) as answer:
            return answer["Cache-Control"]

    bundle = settings.BASE_DIR / "frontend" / "dist"
    hashed = [name for name in json.loads((bundle / "files.json").read_text()) if name.startswith("assets/")]
    assert {Path(name).suffix for name in hashed} >= {".js", ".css", ".woff2", ".svg"}
    assert {kept(name) for name in hashed} == {"max-age=315360000, public, immutable"}
    assert {kept(file.name) for file in bundle.glob("*.*")} == {"max-age=60, public"}
