"""Imports whose worker or database dies go on where they were."""

import signal
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from accounts.database import locks
from contacts import tasks
from contacts.importing.running import jobs, staging, working
from contacts.models import ConsentEvent, Contact, ImportJob, MailingList
from tests.contacts.conftest import Upload
from tests.running import script, until

PEOPLE = 4_000
WORKER = """
import django, sys, time
django.setup()
from contacts.importing.running import merging, working
working.SLICE = 50
merge, done = merging.merge, []

def merge_until_killed(*given):
    added = merge(*given)
    done.append(added)
    if len(done) == 20:
        print("in the middle", flush=True)
        time.sleep(600)
    return added

merging.merge = merge_until_killed
working.work(int(sys.argv[1]))
"""


def text(people: int) -> str:
    return "Email,First name\n" + "".join(f"p{n}@example.com,P{n}\n" for n in range(people))


@pytest.mark.django_db(transaction=True)
def test_killed_import_is_taken_up_and_nobody_is_counted_twice(
    check: Upload, news: MailingList, storage: Path
) -> None:  # over a second: a process of its own has to start and be killed
    job = check(text(PEOPLE), lists=(news.pk,))
    jobs.start(job)
    with script("from django.conf import settings;" + _media(storage) + WORKER, str(job.pk)) as worker:
        assert worker.stdout
        assert worker.stdout.readline() == b"in the middle\n"
        worker.send_signal(signal.SIGKILL)
    done = ImportJob.objects.get(pk=job.pk).rows_done
    assert 0 < done < PEOPLE
    assert Contact.objects.count() == done

    def taken_up() -> bool:
        working.work(job.pk)
        job.refresh_from_db()
        return job.state == "done"

    until(taken_up)  # the database lets go of what the worker held a moment after that is gone
    assert (job.counts["done"]["new"], job.counts["done"]["joined"]) == (PEOPLE, PEOPLE)
    assert Contact.objects.count() == ConsentEvent.objects.count() == PEOPLE


@pytest.mark.django_db
def test_rows_that_a_crash_of_the_database_emptied_are_read_again(check: Upload, news: MailingList) -> None:
    job = check(text(50), lists=(news.pk,))
    jobs.start(job)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE contacts_import_{job.pk}")
    working.work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.counts["done"]["new"]) == ("done", 50)


@pytest.mark.django_db
def test_sweep_finds_what_nobody_works_on(check: Upload) -> None:
    job = check(text(5))
    jobs.start(job)
    assert working.abandoned() == []
    ImportJob.objects.filter(pk=job.pk).update(alive_at=timezone.now() - timedelta(minutes=2))
    assert working.abandoned() == [job.pk]
    tasks.work_on_import(job_id=job.pk)
    assert working.abandoned() == []
    assert Contact.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_do_it_twice(check: Upload) -> None:
    job = check(text(5))
    jobs.start(job)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [locks.Kind.IMPORT, str(job.pk)])
        working.work(job.pk)
        assert Contact.objects.count() == 0
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")
    finally:
        other.close()
    working.work(job.pk)
    assert Contact.objects.count() == 5


@pytest.mark.django_db
def test_a_lost_file_fails_with_words(check: Upload, storage: Path) -> None:
    job = check(text(5))
    jobs.change(job)
    (storage / job.storage_name).unlink()
    ImportJob.objects.filter(pk=job.pk).update(state="checking")
    working.work(job.pk)
    job.refresh_from_db()
    assert (job.state, staging.size(job.pk)) == ("failed", None)
    assert "uploaded file is gone" in job.problem


def _media(storage: Path) -> str:
    return f"settings.MEDIA_ROOT = {str(storage)!r}\n"


@pytest.mark.django_db
def test_uploads_that_nobody_went_on_with_are_gone_after_a_day(check: Upload, upload: Upload, storage: Path) -> None:
    old, ready, fresh = upload("Email\na@x.com\n"), check("Email\na@x.com\nnobody\n"), upload("Email\nb@x.com\n")
    yesterday = timezone.now() - timedelta(days=1, minutes=1)
    ImportJob.objects.filter(pk__in=(old.pk, ready.pk)).update(created_at=yesterday)
    tasks.forget_abandoned_imports()
    old.refresh_from_db()
    assert old.state == "cancelled"
    assert len(list(storage.rglob("*.csv"))) == 3  # the ready one was checked today
    ImportJob.objects.filter(pk=ready.pk).update(alive_at=yesterday)
    tasks.forget_abandoned_imports()
    ready.refresh_from_db()
    assert (ready.state, staging.size(ready.pk)) == ("cancelled", None)
    assert [path.name for path in storage.rglob("*.csv")] == [Path(fresh.storage_name).name]


@pytest.mark.django_db
def test_uploads_and_refused_rows_are_for_nobody_else(check: Upload, storage: Path) -> None:
    check("Email\na@x.com\nnobody\n")
    files = [path for path in storage.rglob("*") if path.is_file()]
    assert len(files) == 2
    assert {path.stat().st_mode & 0o077 for path in [*files, *(path.parent for path in files)]} == {0}
