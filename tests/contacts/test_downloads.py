"""Long exports are written in the background, for whoever asked and for some days."""

import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from contacts.downloads import columns, writing
from contacts.downloads.models import ExportJob
from contacts.models import Contact, Field
from contacts.views import exports
from tests.running import script, until

pytestmark = pytest.mark.django_db


def test_a_long_export_is_written_fetched_by_its_owner_alone_and_forgotten(
    client_for: Callable[[User], Client], marketer: User, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    monkeypatch.setattr(columns, "SLICE", 2)
    Field.objects.create(key="city", label="Town")
    for number in range(5):
        Contact.objects.create(email=f"p{number}@example.com", attributes={"city": "=1+1", "tags": ["vip"]})
    Contact.objects.create(email="other@example.com")
    browser = client_for(marketer)
    assert "Export 5 people" in browser.get("/contacts/export/?tag=vip").content.decode()
    answer = browser.post("/contacts/export/?tag=vip", {"column": ["field:city", "tags", "nonsense"]})
    job = ExportJob.objects.get()
    assert answer.headers["Location"] == job.get_absolute_url()
    assert "You may leave this page" in browser.get(job.get_absolute_url()).content.decode()
    ExportJob.objects.update(alive_at=timezone.now() - timedelta(minutes=3), done=2)  # its worker was killed
    assert writing.abandoned() == [job.pk]
    writing.write(job.pk)
    writing.write(job.pk)
    assert "5 people. The file is kept until" in browser.get(job.get_absolute_url()).content.decode()
    fetched: Any = browser.post(f"{job.get_absolute_url()}file/")
    rows = b"".join(fetched.streaming_content).decode("utf-8-sig").splitlines()
    assert rows == ["Email,Town,Tags", *(f"p{number}@example.com,'=1+1,vip" for number in range(5))]
    assert client_for(admin).post(f"{job.get_absolute_url()}file/").status_code == 404, "not theirs"
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["contacts.export", "contacts.export-download"]
    page = browser.get("/contacts/export/").content.decode()
    assert page.count(" checked") == 4, "the columns are kept; the address is always there"
    name = ExportJob.objects.get().storage_name
    ExportJob.objects.update(finished_at=timezone.now() - timedelta(days=4))
    writing.forget()
    assert not default_storage.exists(name)
    assert browser.post(f"{job.get_absolute_url()}file/").status_code == 404


def test_a_stopped_export_leaves_no_file(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    Contact.objects.create(email="ana@example.com")
    job = ExportJob.objects.create(columns=["email"], created_by=owner)
    real = columns.slices

    def stopping(*given: Any) -> Any:
        ExportJob.objects.update(state=ExportJob.State.CANCELLED)
        return real(*given)

    monkeypatch.setattr(columns, "slices", stopping)
    writing.write(job.pk)
    found = ExportJob.objects.get()
    assert (found.state, found.storage_name) == (ExportJob.State.CANCELLED, "")


WORKER = """
import django, sys, time
django.setup()
from contacts import tasks
from contacts.downloads import columns
columns.SLICE = 2
slices = columns.slices
def until_killed(*given):
    for number, rows in enumerate(slices(*given)):
        if number == 2:
            print("in the middle", flush=True)
            time.sleep(600)
        yield rows
columns.slices = until_killed
tasks.write_export(job_id=int(sys.argv[1]))
"""


@pytest.mark.django_db(transaction=True)
def test_an_export_whose_worker_is_killed_begins_anew_and_has_everybody_once(
    owner: User, storage: Path
) -> None:  # over a second: a process of its own has to start and be killed
    for number in range(7):
        Contact.objects.create(email=f"p{number}@example.com")
    job = ExportJob.objects.create(columns=["email"], created_by=owner)
    with script(WORKER, str(job.pk)) as worker:
        assert worker.stdout
        assert worker.stdout.readline() == b"in the middle\n"
        writing.write(job.pk)  # another one meanwhile leaves it alone
        worker.send_signal(signal.SIGKILL)
    job.refresh_from_db()
    assert (job.state, job.done, job.storage_name) == (ExportJob.State.RUNNING, 4, "")
    assert not list(storage.rglob("*.csv")), "nobody sees half a file"
    ExportJob.objects.update(alive_at=timezone.now() - timedelta(minutes=3))

    def taken_up() -> str:
        for number in writing.abandoned():
            writing.write(number)
        job.refresh_from_db()
        return job.storage_name

    # The database lets go of what the worker held a moment after that is gone.
    with default_storage.open(until(taken_up)) as file:
        rows = file.read().decode("utf-8-sig").split()
    assert sorted(rows) == ["Email", *(f"p{number}@example.com" for number in range(7))]
