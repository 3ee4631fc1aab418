"""Where the uploaded file lies."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from django.core.files.storage import default_storage

from contacts.models import ImportJob


@contextmanager
def opened(job: ImportJob) -> Iterator[BinaryIO]:
    with default_storage.open(job.storage_name, "rb") as stored:
        yield cast("BinaryIO", stored.file)


def forget(job: ImportJob) -> None:
    """The uploaded file holds what may be nobody's to keep; the refused rows and the report stay."""
    default_storage.delete(job.storage_name)
