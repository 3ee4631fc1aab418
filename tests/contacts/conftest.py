"""Files to import, made here, and an import carried through without a worker."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contacts.importing.plan import Plan
from contacts.importing.running import jobs, working
from contacts.models import ImportJob, MailingList


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def news(db: None) -> MailingList:
    return MailingList.objects.create(name="News")


Upload = Callable[..., ImportJob]


@pytest.fixture
def upload(db: None) -> Upload:
    def make(content: str | bytes, name: str = "people.csv") -> ImportJob:
        data = content.encode() if isinstance(content, str) else content
        job = jobs.upload(SimpleUploadedFile(name, data), name, by=None)
        if job.state == ImportJob.State.READING:
            working.work(job.pk)
            job.refresh_from_db()
        return job

    return make


@pytest.fixture
def check(upload: Upload) -> Upload:
    """Uploads, decides as guessed but for `changes`, and checks."""

    def make(content: str | bytes, name: str = "people.csv", **changes: Any) -> ImportJob:
        job = upload(content, name)
        plan = Plan.from_json(job.options).change(**{"consent_source": "form"} | changes)
        jobs.check(job, plan)
        working.work(job.pk)
        job.refresh_from_db()
        return job

    return make


@pytest.fixture
def run(check: Upload) -> Upload:
    """The whole way."""

    def make(content: str | bytes, name: str = "people.csv", **changes: Any) -> ImportJob:
        job = check(content, name, **changes)
        assert job.state == ImportJob.State.READY, job.problem
        jobs.start(job)
        working.work(job.pk)
        job.refresh_from_db()
        return job

    return make
