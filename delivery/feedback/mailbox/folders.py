"""Names of IMAP folders as they travel. Pure."""

import re
from base64 import b64encode
from collections.abc import Sequence
from itertools import groupby
from typing import Any

_PERSONAL = re.compile(rb'\(\("((?:[^"\\]|\\.)*)" ')


def quoted(name: str) -> str:
    """In modified UTF-7 (RFC 3501, 5.1.3) and in quotes."""
    encoded = "".join(_run(is_plain, "".join(run)) for is_plain, run in groupby(name, _is_plain))
    return '"' + encoded.replace("\\", "\\\\").replace('"', '\\"') + '"'


def prefix(namespaces: Sequence[Any]) -> str:
    """What a person's own folders begin with (RFC 2342), by the answer to NAMESPACE: "INBOX." on some servers."""
    words = next((each for each in namespaces if isinstance(each, bytes)), b"")
    found = _PERSONAL.match(words)
    return re.sub(rb"\\(.)", rb"\1", found[1]).decode("ascii", "ignore") if found else ""


def _is_plain(letter: str) -> bool:
    return " " <= letter <= "~"


def _run(is_plain: bool, run: str) -> str:
    if is_plain:
        return run.replace("&", "&-")
    return "&" + b64encode(run.encode("utf-16-be")).decode("ascii").rstrip("=").replace("/", ",") + "-"
