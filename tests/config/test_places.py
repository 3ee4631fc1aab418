"""Where a checkout may lie and who may start it: root's own folders, a long path with blanks, an ordinary account.

Each starts the real thing from a copy of this checkout and its Python environment: about ten seconds.
"""

import contextlib
import http.client
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from config import services, supervisor
from delivery.models.providers import SANDBOX_PORTS
from tests.installed import install
from tests.running import ROOT, Product, free_port

ENVIRONMENT = Path(sys.prefix)
PERSON = "tallypost-tester"
is_root = os.geteuid() == 0


def copied(folder: Path) -> Path:
    """This checkout as it stands and what is compiled of it, its front end and Python environment, in `folder`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = list(filter(None, listed.stdout.decode().split("\0")))
    for name in (*names, *(cache_from_source(name) for name in names if name.endswith(".py"))):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)  # with its time, by which a compiled one is known to be of it
    shutil.copytree(ROOT / "frontend" / "dist", folder / "frontend" / "dist")
    linked(ENVIRONMENT, folder / ".venv")
    return folder


def linked(folder: Path, copy: Path) -> None:
    """A copy without its cost; a real one on another file system."""
    if subprocess.run(["cp", "-al", folder, copy], capture_output=True, check=False).returncode:
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder, copy, symlinks=True)


def readable_by_all(root: Path) -> None:
    """Also of a checkout made under a strict umask. Links share their modes with the original: then a real copy."""
    environment = root / ".venv"
    if environment.stat().st_mode & 0o005 != 0o005:
        shutil.rmtree(environment)
        shutil.copytree(ENVIRONMENT, environment, symlinks=True)
        services._open_to_others(environment)
    for place in root.iterdir():
        if place != environment:
            services._open_to_others(place)


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """Who runs the tests under a strict one still gets the folders that a test describes."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def private(tmp_path: Path) -> Iterator[Path]:
    """A folder of 200 bytes with blanks and a per cent sign in it that only its owner may enter."""
    folder = tmp_path / "my own 100% private things"
    folder.mkdir(mode=0o700)
    length = 200 - len(os.fsencode(folder)) - 1
    folder = folder / ("so " * 80)[: max(length - 1, 10)].strip().ljust(max(length, 11), "x")
    folder.mkdir()
    yield copied(folder)
    if is_root:
        shutil.rmtree(services.Place(folder / "var").home, ignore_errors=True)


def answers(product: Product) -> tuple[int, str | None]:
    page = http.client.HTTPConnection("127.0.0.1", product.port, timeout=60)
    page.request("GET", "/")
    answer = page.getresponse()
    page.close()
    return answer.status, answer.getheader("Location")


def test_a_checkout_that_only_its_owner_may_enter_starts_says_what_it_does_and_stops(private: Path) -> None:
    python = str(private / ".venv" / "bin" / "python")
    product = Product(private / "var", root=private, python=python, identity={"umask": 0o077})
    product.wait_for(f"Tallypost runs at {product.url}")
    assert answers(product) == (302, "/setup/")
    assert product.output.startswith("Preparing PostgreSQL and Redis …")
    assert product.stop() == 0
    assert (private.stat().st_mode | private.parent.stat().st_mode) & 0o700 == 0o700
    assert private.parent.stat().st_mode & 0o077 == 0, "a folder that is not ours was opened"


@pytest.mark.skipif(not is_root, reason="only root's data lie outside of the var folder")
def test_a_checkout_where_another_one_lay_before_gets_data_of_its_own(tmp_path: Path) -> None:
    """Removed and cloned again, it has other keys: the old database would refuse it. What is there is kept aside."""
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    first = services.Place(private / "var")
    first.make()
    (first.home / "postgres" / "PG_VERSION").write_text("16\n")
    shutil.rmtree(private / "var", ignore_errors=True)
    try:
        for _ in range(2):  # the second start of the new one finds its own
            again = services.Place(private / "var")
            again.make()
            assert again.home == first.home
            assert not (again.home / "postgres" / "PG_VERSION").exists()
        kept = list(first.home.parent.glob(f"{first.home.name}.before-*"))
        assert [(folder / "postgres" / "PG_VERSION").exists() for folder in kept] == [True]
    finally:
        for folder in first.home.parent.glob(f"{first.home.name}*"):
            shutil.rmtree(folder)


def test_redis_of_a_python_environment_is_never_taken_for_the_machine_s_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of ours, of another checkout: the account of the service may not be let in there."""
    other = tmp_path / "other" / ".venv"
    (other / "bin").mkdir(parents=True)
    (other / "pyvenv.cfg").touch()
    (other / "bin" / "redis-server").touch(mode=0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(other / "bin"), str(ENVIRONMENT / "bin"), os.environ["PATH"]]))
    found = services.Redis(tmp_path)._system("redis-server")
    assert found is None or not (Path(found).parent.parent / "pyvenv.cfg").exists()


@pytest.mark.skipif(not is_root, reason="only root hands the services to another account")
def test_redis_in_a_folder_of_root_s_own_is_passed_over_for_one_the_account_may_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tmp_path.chmod(0o700)
    for name in ("redis-server", "valkey-server"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert services.Redis(tmp_path / "var")._system("redis-server") is None


@pytest.mark.skipif(not is_root, reason="only root's data lie outside of the var folder")
def test_data_are_found_again_when_the_folder_above_was_opened_or_closed_since() -> None:
    """Never a second, empty database in silence."""
    above = Path(tempfile.mkdtemp(dir="/var/tmp"))  # pytest's own folders are closed already
    var = above / "var"
    var.mkdir(mode=0o755)
    closed = services.Place(var)
    closed.make()
    above.chmod(0o755)
    try:
        assert services.Place(var).home == closed.home, "made while closed, it stays where it is"
        shutil.rmtree(closed.home)
        opened = services.Place(var)
        opened.make()
        assert opened.home == var
        (opened.home / "postgres" / "PG_VERSION").write_text("16\n")
        above.chmod(0o700)
        with pytest.raises(services.NotStarted, match="may no longer enter: let others through"):
            services.Place(var).make()
    finally:
        shutil.rmtree(above)
        shutil.rmtree(closed.home, ignore_errors=True)


@pytest.mark.skipif(not is_root, reason="only root can become somebody else")
def test_an_ordinary_account_starts_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    subprocess.run(["useradd", "--system", "--no-create-home", PERSON], capture_output=True, check=False)
    person = pwd.getpwnam(PERSON)
    home = Path("/var/tmp") / f"{PERSON}-{os.getpid()}"  # noqa: S108  # pytest's own folders are root's alone
    home.mkdir(mode=0o755)
    try:
        root = copied(home / "checkout")
        readable_by_all(root)
        var = home / "var"
        var.mkdir()
        os.chown(var, person.pw_uid, person.pw_gid)
        identity = {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}
        packages = root / ".venv" / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
        python = _python_for_all(home)
        environment = {
            "HOME": str(home),
            "LD_LIBRARY_PATH": str(Path(python).parent.parent / "lib"),
            "PYTHONPATH": str(packages),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        product = Product(var, root=root, python=python, identity=identity, environment=environment)
        product.wait_for(f"Tallypost runs at {product.url}")
        assert answers(product) == (302, "/setup/")
        assert {path.stat().st_uid for path in var.rglob("*")} == {person.pw_uid}
        assert product.stop() == 0
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _python_for_all(home: Path) -> str:
    """The Python of these tests where every account may run it: it may lie in root's home."""
    place = Path(sys.base_prefix)
    if not services._others_may_enter(place):
        linked(place, home / "python")
        place = home / "python"
    return str(place / "bin" / f"python3.{sys.version_info.minor}")


def test_a_service_that_ends_at_once_is_named_with_its_last_words(tmp_path: Path) -> None:
    var = tmp_path / "var"
    place = services.Place(var)
    var.mkdir()
    place.make()
    (place.home / "redis" / "appendonlydir").mkdir()
    (place.home / "redis" / "appendonly.aof").write_text("this is no append-only file\n")
    if place.account:
        for path in (place.home / "redis").iterdir():
            shutil.chown(path, place.account)
    product = Product(var)
    product.wait_for("Tallypost did not start. Redis ended at once: ", seconds=60)
    assert product.process.wait(60) == 1
    assert "Bad file format" in product.output


@pytest.mark.parametrize(
    ("parts", "words"),
    [(["web", "staff"], "Invalid value for '--backlog'"), (["beat"], "Is a directory")],
    ids=["web servers", "beat"],
)
def test_a_part_that_ends_at_once_is_named_with_its_last_words(tmp_path: Path, parts: list[str], words: str) -> None:
    var = tmp_path / "var"
    install(var)
    (var / "run").mkdir(exist_ok=True)
    if "beat" in parts:
        for ending in ("", ".db", ".dat", ".dir", ".bak"):
            (var / "run" / f"beat{ending}").mkdir()
    product = Product(var, environment={"GRANIAN_BACKLOG": "many"} if "web" in parts else {})
    product.wait_for("Tallypost did not start. Its part “")
    assert product.process.wait(60) == 1
    said = product.output.splitlines()[-1]
    assert any(f"Its part “{part}” ended at once: " in said for part in parts)
    assert words in said
    assert "runs at" not in product.output


def test_postgresql_that_ends_at_once_is_named_with_its_complaint_not_with_its_farewell(tmp_path: Path) -> None:
    var = tmp_path / "var"
    install(var)
    (services.Place(var).home / "postgres" / "global" / "pg_control").write_bytes(b"broken")
    product = Product(var)
    product.wait_for("Tallypost did not start. PostgreSQL ended at once: ", seconds=60)
    assert product.process.wait(60) == 1
    assert "pg_control" in product.output.splitlines()[-1]


def test_a_database_elsewhere_that_is_silent_is_named_soon(tmp_path: Path) -> None:
    silent = f"postgres://ana@127.0.0.1:{free_port()}/tallypost?connect_timeout=2"
    product = Product(tmp_path / "var", environment={"DATABASE_URL": silent})
    product.wait_for("Preparing Redis")
    began = time.monotonic()
    product.wait_for("Waiting for the address in DATABASE_URL (", seconds=30)
    assert time.monotonic() - began < 20, "and not only after a minute"
    assert product.stop() == 0


def test_another_program_on_the_sandbox_s_port_gets_nothing_and_the_sandbox_takes_the_next(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):  # taken by another program already: as good
            other.bind(("127.0.0.1", SANDBOX_PORTS[0]))
            other.listen()
        install(tmp_path / "var")
        product = Product(tmp_path / "var", environment={"SANDBOX_PORT": "0"})
        try:
            product.wait_for("Tallypost runs at")
            ((port,),) = product.sql("SELECT port FROM delivery_provider WHERE kind = 'sandbox'")
            assert port in SANDBOX_PORTS[1:]
            with socket.create_connection(("127.0.0.1", port), 10) as connection:
                assert connection.recv(200).startswith(b"220 sandbox ESMTP ")
        finally:
            product.stop()


@pytest.mark.parametrize(
    ("spawnerr", "words"),
    [
        ("Exited too quickly (process log may have details)", "Bad file format"),
        ("Bad exit code 1", "Bad file format"),
        ("can't find command '/nowhere'", "can't find command '/nowhere'"),
    ],
)
def test_what_a_program_said_itself_comes_before_its_exit_code(tmp_path: Path, spawnerr: str, words: str) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "redis.log").write_text("Reading …\nBad file format\n")
    info = {"statename": "EXITED", "stop": 1, "spawnerr": spawnerr}
    assert supervisor.last_words(tmp_path, "redis", info) == words


def test_of_a_traceback_that_is_still_being_written_the_reason_before_it_is_told(tmp_path: Path) -> None:
    """What ended is begun again before somebody reads why, and fails anew."""
    (tmp_path / "log").mkdir()
    begun = (
        'Traceback (most recent call last):\n  File "beat.py", line 5, in <module>\n    open(name)\n    ^^^^^^^^^^\n'
    )
    (tmp_path / "log" / "beat.log").write_text(f"{begun}IsADirectoryError: Is a directory\n{begun}")
    info = {"statename": "STARTING", "stop": 1, "spawnerr": ""}
    assert supervisor.last_words(tmp_path, "beat", info) == "IsADirectoryError: Is a directory"
