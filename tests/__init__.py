"""Tests of all of Tallypost.

A run starts hundreds of processes of Python, so what one of them compiled is kept for the others, also where the
machine says otherwise: without it each compiles all of Django and of this product again.
"""

import gc
import os
import sys

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# What is imported stays: to look through all of it, again and again, was an eighth of each process's beginning.
gc.set_threshold(20_000, 20, 50)
