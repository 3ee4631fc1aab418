"""One machine's parts are forked from one parent. Real processes: some seconds until they are up."""

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest

from config import aside, services, supervisor
from tests.installed import install
from tests.running import ROOT, Product, until

PARTS = {
    "sandbox": "manage.py sandbox",
    "intake": "manage.py intake",
    "feedback": "manage.py feedback",
    "beat": "[celery beat]",
    "staff": "config.wsgi:staff",
    "web": "config.web.front:application",
    **{queue: f"{queue}@" for queue in ("bulk", "transactional", "control", "jobs")},
}


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    var = tmp_path_factory.mktemp("warmed")
    install(var)
    running = Product(var)
    try:
        running.wait_for("Tallypost runs at")
        until(lambda: len(running.processes("bulk")) > 1, 60)
        yield running
    finally:
        running.stop()


def command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # it ends just now
        return ""


def warmed_parent(product: Product) -> psutil.Process:
    below = psutil.Process(product.process.pid).children(recursive=True)
    return next(process for process in below if "config.warmed" in command(process))


def part(product: Product, name: str) -> psutil.Process | None:
    words = PARTS[name]
    children = warmed_parent(product).children()
    return next((child for child in children if words in command(child)), None)


def page_comes(product: Product) -> bool:
    page = http.client.HTTPConnection("127.0.0.1", product.port, timeout=5)
    try:
        page.request("GET", "/login/")
        return page.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        page.close()


@pytest.mark.parametrize("name", PARTS)
def test_each_part_is_a_process_of_its_own_below_the_warmed_parent(product: Product, name: str) -> None:
    until(lambda: part(product, name))


def test_every_program_of_one_machine_is_tested_here() -> None:
    assert {program.name for program in supervisor.programs("", 0, cores=1)} == set(PARTS)


@pytest.mark.parametrize("name", PARTS)
def test_killed_part_is_started_again(product: Product, name: str) -> None:
    before = until(lambda: part(product, name))
    children = before.children(recursive=True)
    before.send_signal(signal.SIGKILL)
    after = until(lambda: (found := part(product, name)) and found.pid != before.pid and found)
    assert after.ppid() == warmed_parent(product).pid
    until(lambda: page_comes(product))
    until(lambda: not any(child.is_running() and child.status() != "zombie" for child in children))


def test_nothing_is_open_in_the_parent_that_its_children_would_share(product: Product) -> None:
    """Nothing but the way in for the supervisor's remote control."""
    parent = warmed_parent(product)
    assert parent.num_threads() == 1
    assert ["supervisor-parts.sock" in found.laddr for found in parent.net_connections("all")] == [True]


def test_idle_worker_holds_little_of_its_own(product: Product) -> None:
    """Several times as much, if a collection of garbage in the worker's parent wrote to every page before the fork."""
    parent = warmed_parent(product).memory_info().rss
    for child in until(lambda: len(pids := product.processes("bulk")) > 2 and pids)[1:]:
        assert psutil.Process(child).memory_full_info().uss < parent / 4


@pytest.mark.parametrize(("queue", "policy"), [("bulk", os.SCHED_BATCH), ("transactional", os.SCHED_OTHER)])
def test_campaigns_interrupt_nobody_and_single_mails_wait_for_nobody(product: Product, queue: str, policy: int) -> None:
    def is_so() -> bool:
        return {os.sched_getscheduler(child) for child in product.processes(queue)[1:]} == {policy}

    until(is_so)


def test_killed_parent_takes_its_parts_along_and_all_come_back_while_the_services_go_on(product: Product) -> None:
    parent = warmed_parent(product)
    parts = parent.children(recursive=True)
    service = next(p for p in parent.parent().children() if p.name() == "postgres")
    parent.send_signal(signal.SIGKILL)
    until(lambda: not any(process.is_running() and process.status() != "zombie" for process in parts), 60)
    until(lambda: page_comes(product), 120)
    for name in PARTS:
        until(partial(part, product, name), 60)
    assert service.is_running()
    assert warmed_parent(product).pid != parent.pid


def test_end_of_one_worker_is_not_announced_to_those_of_another_that_was_forked_from_the_same_parent() -> None:
    script = """
import os, django; django.setup()
from celery.signals import worker_init, worker_shutting_down
from delivery.engine import process

def worker(does):
    child = os.fork()
    if child == 0:
        worker_init.send(sender=None)
        does()
        os._exit(process.is_shutting_down())
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

print(worker(lambda: worker_shutting_down.send(sender=None)), worker(lambda: None))
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "0"]


def test_work_aside_tells_why_it_could_not_be_done(tmp_path: Path) -> None:
    def fail() -> None:
        raise services.NotStarted("There is no room.")

    with pytest.raises(services.NotStarted, match=r"^There is no room\.$"):
        aside.aside(fail)
    aside.aside((tmp_path / "done").touch)
    assert (tmp_path / "done").exists()
