"""A million rows through the real import, check and run: all of them new, all of them known and changed, and once more
while somebody reads pages.

In the first two rounds nobody is beside it. In the third a reader asks the product's web server for Home,
the table of contacts and the list that grows, one page every quarter of a second; `pages_p95_ms` is the slowest page's.
`--checkout` runs another version's own bench of the same rows before, and puts its rates beside these.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.stage import ROOT, stage

CITIES = ("Lisbon", "Köln", "Saint-Étienne", "Łódź", "Reykjavík")
_PAUSE_SECONDS = 0.25


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench import", description=__doc__)
    parser.add_argument("--json", action="store_true", help="the only form there is")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--checkout", type=Path, help="another checkout, made ready by `make setup`, to compare with")
    options = parser.parse_args(argv)
    other = _other(options.checkout.absolute(), options.rows) if options.checkout else {}
    with stage("import"), tempfile.TemporaryDirectory() as folder:
        for round_name in ("new", "known", "read meanwhile"):
            path = Path(folder, f"{round_name}.csv")
            _write(path, options.rows, round_name)
            found = _measure(path) if round_name != "read meanwhile" else _measure_pages(path)
            if beside := other.get(round_name):
                found |= {"other_rows_per_s": beside, "ratio": round(found["rows_per_s"] / beside, 2)}
            print(json.dumps({"measurement": "import", "people": round_name} | found), flush=True)


def _other(checkout: Path, rows: int) -> dict[str, int]:
    """Rows a second of its rounds that nobody reads beside."""
    command = [str(checkout / ".venv" / "bin" / "python"), "-m", "bench", "import", "--json", "--rows", str(rows)]
    told = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=checkout).stdout.splitlines()
    rounds = [json.loads(line) for line in told if line.startswith(b"{")]
    return {one["people"]: one["rows_per_s"] for one in rounds if one["people"] in ("new", "known")}


def _write(path: Path, rows: int, word: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("Email Address,First Name,Last Name,City,Shop visits,Birthday,Status\n")
        for n in range(rows):
            city = CITIES[n % len(CITIES)]
            file.write(f"person{n}@example{n % 500}.com,First{n % 997},{word},{city},{n % 90},1984-03-{n % 28 + 1:02},")
            file.write("subscribed\n")


def _measure(path: Path) -> dict[str, Any]:
    with _importing(path) as importing:
        return _told(importing)


def _measure_pages(path: Path) -> dict[str, Any]:
    from bench import pages
    from contacts.models import MailingList

    paths = {"home": "/", "contacts": "/contacts/", "list": MailingList.objects.get(name="News").get_absolute_url()}
    taken: dict[str, list[float]] = {name: [] for name in paths}
    pages.begin()
    with pages.product() as port:
        browser = pages.Browser(port)
        for one in paths.values():  # the first of each loads what it needs
            browser.times([one], 3)
        with _importing(path) as importing:
            while importing.poll() is None:
                for name, one in paths.items():
                    taken[name] += browser.times([one], 1)
                    time.sleep(_PAUSE_SECONDS)
            found = _told(importing)
    p95s = {name: pages.p95(times) for name, times in taken.items()}
    return found | {"pages_p95_ms": max(p95s.values()), "pages": p95s, "requests": sum(map(len, taken.values()))}


def _importing(path: Path) -> "subprocess.Popen[bytes]":
    """In a process of its own, as in a worker: its memory is the import's."""
    command = [sys.executable, "-m", "bench.importing", str(path)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=os.environ)


def _told(importing: "subprocess.Popen[bytes]") -> dict[str, Any]:
    told = importing.communicate()[0]
    if importing.returncode:
        raise SystemExit("The import failed.")
    found: dict[str, Any] = json.loads(told)
    return found


def _import(path: Path) -> dict[str, Any]:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.files.base import File

    from contacts.importing.plan import Plan
    from contacts.importing.running import jobs, working
    from contacts.models import ImportJob, MailingList

    news, _ = MailingList.objects.get_or_create(name="News")
    with path.open("rb") as file:
        job = jobs.upload(File(file), path.name, by=None)
    plan = Plan.from_json(job.options).change(lists=(news.pk,), mode="overwrite", consent_source="form")
    # The states are set as the pages set them, without telling a worker of it: this process is the worker.
    ImportJob.objects.filter(pk=job.pk).update(state="checking", options=job.options | plan.to_json())
    started = time.monotonic()
    working.work(job.pk)
    checked = time.monotonic()
    job.refresh_from_db()
    ImportJob.objects.filter(pk=job.pk, state="ready").update(state="running", rows_done=0)
    working.work(job.pk)
    ended = time.monotonic()
    job.refresh_from_db()
    assert job.state == ImportJob.State.DONE, job.problem  # noqa: S101
    rows = job.counts["expected"]["rows"]
    return {
        "rows": rows,
        "rows_per_s": round(rows / (ended - started)),
        "check_rows_per_s": round(rows / (checked - started)),
        "run_rows_per_s": round(rows / (ended - checked)),
        "peak_mb": _peak_mb(),
        "done": job.counts["done"],
    }


def _peak_mb() -> float:
    """Of this program alone: `ru_maxrss` would know that of whoever began it, too."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    return round(int(line.split()[1]) / 1024, 1)


if __name__ == "__main__":
    print(json.dumps(_import(Path(sys.argv[1]))))
