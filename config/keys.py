"""Secret keys: from the environment, else made once and kept in the var folder."""

import base64
import contextlib
import os
import secrets
from pathlib import Path


def read(name: str, var: Path, size: int = 32) -> str:
    """The key `name`, made on first use (mode 0600): `size` random bytes in URL-safe base64; 32 fit Fernet."""
    if value := os.environ.get(name):
        return value
    path = var / "keys" / name.lower()
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}")
        temporary.write_text(base64.urlsafe_b64encode(secrets.token_bytes(size)).decode())
        temporary.chmod(0o600)
        with contextlib.suppress(FileExistsError):  # of two starts at once, the first key stays
            os.link(temporary, path)
        temporary.unlink()
    return path.read_text().strip()
