"""The child's side: one line of JSON and a hostile file in, one line of JSON and a picture out.

    python -m accounts.pictures.child

It knows no settings, no database and no secrets, and after its first lines opens no file, socket or process.
"""

import json
import resource
import sys
from dataclasses import asdict
from typing import Any

from PIL import Image as Pillow
from PIL import MpoImagePlugin, WebPImagePlugin  # noqa: F401  # else read when the first such picture comes

from accounts import confined
from accounts.pictures.drawing import redraw
from accounts.pictures.redrawing import Recipe, Refused

MEMORY_BYTES = 1 << 30
PROCESSOR_SECONDS = 20


def main() -> None:
    Pillow.preinit()  # what it reads of itself, while files are within reach
    confined.limit(
        {
            resource.RLIMIT_AS: MEMORY_BYTES,
            resource.RLIMIT_CPU: PROCESSOR_SECONDS,
            resource.RLIMIT_FSIZE: 0,
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_NPROC: 0,
            resource.RLIMIT_NOFILE: 3,
        }
    )
    said, data = json.loads(sys.stdin.buffer.readline()), sys.stdin.buffer.read()
    head, body = _answer(data, said)
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + body)
    sys.stdout.buffer.flush()


def _answer(data: bytes, said: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    crop = said.pop("crop")
    try:
        drawn = asdict(redraw(data, Recipe(crop=tuple(crop) if crop else None, **said)))
    except Refused as problem:
        return {"problem": str(problem)}, b""
    except MemoryError:
        return {"problem": "This picture needs too much memory. Export it smaller and try again."}, b""
    return drawn, drawn.pop("data")


if __name__ == "__main__":
    main()
