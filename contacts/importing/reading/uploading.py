"""A limit on uploads that acts while the file arrives, so that 2 GB never reach the disk."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

LARGEST_BYTES = 200 * 1024 * 1024


class SizeGuard(FileUploadHandler):
    """Drops the upload once it is too large; the rest is read from the wire and forgotten."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._received = 0
        self.is_too_large = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self._received += len(raw_data)
        if self._received > LARGEST_BYTES:
            self.is_too_large = True
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        return None
