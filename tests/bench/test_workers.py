import subprocess

import pytest

from bench.workers import must_run


def test_a_measurement_ends_when_what_it_waits_for_has_ended() -> None:
    process = subprocess.Popen(["sh", "-c", "read line; exit 3"], stdin=subprocess.PIPE)
    must_run(process)
    process.communicate(b"\n")
    with pytest.raises(SystemExit, match=r"ended with 3: .*read line"):
        must_run(process)
