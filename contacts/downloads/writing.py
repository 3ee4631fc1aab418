"""An export written in the background. Killed, it begins anew: nobody has seen half a file."""

import logging
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError
from django.http import QueryDict
from django.utils import timezone

from accounts.database import locks
from contacts.downloads import columns
from contacts.downloads.models import ExportJob
from contacts.exporting import lines
from contacts.filtering import Filter

KEPT_FOR = timedelta(days=3)
_SILENT_AFTER = timedelta(minutes=2)
State = ExportJob.State

logger = logging.getLogger(__name__)


class Stopped(Exception):
    """Somebody cancelled it meanwhile."""


def write(job_id: int) -> None:
    """Returns at once if somebody else is at it."""
    with locks.alone(locks.Kind.EXPORT, job_id) as is_mine:
        job = ExportJob.objects.filter(pk=job_id, state=State.RUNNING).first()
        if not is_mine or job is None:
            return
        try:
            with tempfile.TemporaryFile() as file:
                _write(job, file)
                _keep(job, file)
        except Stopped:
            return
        except (OperationalError, InterfaceError):
            logger.warning("export %s: lost the database, the sweep will begin it anew", job_id, exc_info=True)
            raise
        except Exception:
            logger.exception("export %s failed", job_id)
            words = "Something went wrong on our side. The log of the server says more."
            _move(job, state=State.FAILED, problem=words, finished_at=timezone.now())


def abandoned() -> list[int]:
    silent = ExportJob.objects.filter(state=State.RUNNING, alive_at__lt=timezone.now() - _SILENT_AFTER)
    return list(silent.values_list("pk", flat=True))


def forget() -> None:
    """Files with people in them do not lie about."""
    for job in ExportJob.objects.filter(state=State.DONE, finished_at__lt=timezone.now() - KEPT_FOR):
        default_storage.delete(job.storage_name)
        ExportJob.objects.filter(pk=job.pk).update(state=State.GONE, storage_name="")


def _write(job: ExportJob, file: IO[bytes]) -> None:
    chosen = columns.named(job.columns)
    found = Filter.of(QueryDict(job.query)).apply()
    total = found.count()
    _move(job, total=total, done=0)
    rows = _rows(job, total, columns.slices(found, chosen))
    file.writelines(map(str.encode, lines([column.label for column in chosen], rows)))


def _rows(job: ExportJob, total: int, slices: Iterable[Sequence[Sequence[Any]]]) -> Iterator[Sequence[Any]]:
    """Each row, noting after a slice how far it is."""
    done = 0
    for rows in slices:
        yield from rows
        done += len(rows)
        _move(job, total=max(total, done), done=done)


def _keep(job: ExportJob, file: IO[bytes]) -> None:
    file.seek(0)
    name = default_storage.save(f"exports/{uuid.uuid4().hex}.csv", File(file))
    try:
        _move(job, state=State.DONE, storage_name=name, finished_at=timezone.now())
    except Stopped:
        default_storage.delete(name)
        raise


def _move(job: ExportJob, **changes: object) -> None:
    if not ExportJob.objects.filter(pk=job.pk, state=State.RUNNING).update(alive_at=timezone.now(), **changes):
        raise Stopped
