"""`make run` on an empty machine, as somebody at a terminal sees it. Real processes: some seconds each."""

import http.client
import os
import re
import shutil
import socket
from pathlib import Path

import psutil
import pytest

from config import run, services
from tests.running import Product, free_port
from tools import frontend


def test_empty_folder_becomes_a_running_product_that_stops_in_order_and_finds_its_data_again(tmp_path: Path) -> None:
    product = Product(tmp_path)
    product.wait_for(f"Tallypost runs at {product.url}")

    page = http.client.HTTPConnection("127.0.0.1", product.port, timeout=60)
    page.request("GET", "/")
    answer = page.getresponse()
    page.close()
    assert (answer.status, answer.getheader("Location")) == (302, "/setup/")

    second = Product(tmp_path, port=product.port)
    assert second.process.wait(60) == 0
    second.wait_for(f"already runs: {product.url}")

    below = psutil.Process(product.process.pid).children(recursive=True)
    assert len(below) >= 10
    assert product.stop() == 0
    assert "Everything is kept" in product.output
    assert not [process for process in below if process.is_running() and process.status() != "zombie"]
    logs = sorted((tmp_path / "log").glob("supervisor*.log"), key=lambda log: log.stat().st_mtime)  # parts end first
    stopped = re.findall(r"stopped: (\S+)", "".join(log.read_text() for log in logs))
    order = [stopped.index(name) for name in ("web", "beat", "bulk", "intake", "redis", "postgresql")]
    assert order == sorted(order)

    _finds_its_data(tmp_path)
    _older_version_leaves_them_alone(tmp_path)


def _finds_its_data(var: Path) -> None:
    """And gets a migration that only a newer version has."""
    product = Product(var)
    try:
        product.wait_for("Tallypost runs at")
        assert product.sql("SELECT count(*) FROM delivery_provider") == [(1,)]
        later = (
            "INSERT INTO django_migrations (app, name, applied) VALUES ('contacts', '9001_later', now()) RETURNING app"
        )
        product.sql(later)
    finally:
        product.stop()


def _older_version_leaves_them_alone(var: Path) -> None:
    older = Product(var)  # its pages would open, and fail wherever they write a row
    assert older.process.wait(60) == 1
    older.wait_for("last used by a newer Tallypost, whose changes this one lacks (1, among them contacts.9001_later)")
    older.wait_for("Start the newer version again, or play back a backup from before it.")


def test_taken_port_is_one_sentence_with_a_cure(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        product = Product(tmp_path, port=taken.getsockname()[1])
        assert product.process.wait(60) == 1
        product.wait_for("is taken by another program: choose another")


def test_of_two_installations_that_start_at_once_on_one_port_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing listens there yet when the second one looks."""
    port = free_port()

    def start(home: str) -> int:
        monkeypatch.setenv("TALLYPOST_VAR", str(tmp_path / home))
        return run._run("127.0.0.1", port, None)

    def begin(var: Path, *_: object) -> int:
        if var.name == "first":
            with pytest.raises(services.NotStarted, match="is taken by another program: choose another"):
                start("second")
        return 0

    monkeypatch.setattr(run, "_supervise", begin)
    assert start("first") == 0
    assert start("second") == 0, "the first one has ended"


def test_full_disk_is_one_sentence_with_a_cure() -> None:
    with pytest.raises(services.NotStarted, match="Only 0 MB are free on the disk of /proc: free at least 500 MB"):
        run._check_machine(Path("/proc"), "127.0.0.1", free_port())  # a file system without room


def test_missing_node_is_one_sentence_with_a_cure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(services.NotStarted, match="Node 20 or newer is missing: install it"):
        frontend._path_with_node()


def test_database_of_another_version_is_left_alone(tmp_path: Path) -> None:
    server = services.Postgres(tmp_path)
    server.place.make()
    (server.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(services.NotStarted, match="The database was made by PostgreSQL 9"):
        server.prepare()


def test_no_folder_above_is_opened_for_the_database(tmp_path: Path) -> None:
    """As root the data must live under another account, which may not be let into folders that are not ours."""
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    place = services.Place(private / "var")
    place.make()
    assert private.stat().st_mode & 0o777 == 0o700
    if os.geteuid() == 0:
        assert services.ROOT_HOME in place.home.parents
        shutil.rmtree(place.home)
    assert len(os.fsencode(place.sockets / ".s.PGSQL.5432")) <= services.LONGEST_SOCKET


@pytest.mark.parametrize("made", ["open", "link", "foreign", "readable", "closed"])
def test_sockets_lie_in_no_folder_of_everybody_s_that_somebody_else_made_or_may_write_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, made: str
) -> None:
    """A long path sends them there; the folder's name can be guessed, and whoever listens in it gets our passwords."""
    if made == "foreign" and os.geteuid() != 0:
        pytest.skip("only root gives a folder away")
    monkeypatch.setattr(services, "_OF_ALL", tmp_path)
    monkeypatch.setattr(services, "ROOT_HOME", tmp_path / ("long" * 30))
    var = tmp_path / ("far" * 40)
    folder = services.Place(var).sockets
    assert folder.parent == tmp_path
    if made == "link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        folder.symlink_to(tmp_path / "elsewhere")
    else:
        folder.mkdir()
        folder.chmod({"open": 0o777, "readable": 0o755}.get(made, 0o700))
    if made == "foreign":
        os.chown(folder, 4321, 4321)
    if made in ("readable", "closed"):
        assert services.database_url(var)
        assert folder.stat().st_mode & 0o777 == 0o700
        return
    words = "belongs to somebody else" if made == "foreign" else "Others may write in"
    with pytest.raises(services.NotStarted, match=words):
        services.database_url(var)
    with pytest.raises(services.NotStarted):
        services.socket_of(var, "webhooks")
