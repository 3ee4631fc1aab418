"""The product's settings, with services and files of their own under var/test."""

import os
from pathlib import Path

os.environ.setdefault("TALLYPOST_VAR", str(Path(__file__).resolve().parent.parent / "var" / "test"))

from config.settings import *  # noqa: F403
