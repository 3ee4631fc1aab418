"""A million rows through the real import: check and run, first all of them new, then all of them known and changed."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.stage import stage

CITIES = ("Lisbon", "Köln", "Saint-Étienne", "Łódź", "Reykjavík")


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench import")
    parser.add_argument("--json", action="store_true", help="the only form there is")
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args(argv)
    with stage("import"), tempfile.TemporaryDirectory() as folder:
        for round_name in ("new", "known"):
            path = Path(folder, f"{round_name}.csv")
            _write(path, options.rows, round_name)
            print(json.dumps({"measurement": "import", "people": round_name} | _measure(path)), flush=True)


def _write(path: Path, rows: int, word: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("Email Address,First Name,Last Name,City,Shop visits,Birthday,Status\n")
        for n in range(rows):
            city = CITIES[n % len(CITIES)]
            file.write(f"person{n}@example{n % 500}.com,First{n % 997},{word},{city},{n % 90},1984-03-{n % 28 + 1:02},")
            file.write("subscribed\n")


def _measure(path: Path) -> dict[str, Any]:
    """In a process of its own, as in a worker: its memory is the import's."""
    command = [sys.executable, "-m", "bench.importing", str(path)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, env=os.environ)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _import(path: Path) -> dict[str, Any]:
    import resource
    import time

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
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "done": job.counts["done"],
    }


if __name__ == "__main__":
    print(json.dumps(_import(Path(sys.argv[1]))))
