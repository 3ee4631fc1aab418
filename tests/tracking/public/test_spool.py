import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.public import spool
from tracking.public.spool import Act, Spool

text = st.text(max_size=400)


@given(st.integers(0, 2**62), st.integers(0, 2**62), text)
def test_a_line_reads_as_it_was_written_whatever_a_client_calls_itself(first: int, second: int, agent: str) -> None:
    line = spool.encode(Act(1763830000.25, 2, first, second, "head", "2001:db8::1", agent))
    assert line.count(b"\n") == 1
    act = spool.decode(line[:-1])
    assert act is not None
    assert (act.first, act.second, act.note, act.ip) == (first, second, "head", "2001:db8::1")
    assert len(act.user_agent) <= spool.MAX_AGENT_CHARS
    if agent.isprintable():
        assert act.user_agent == agent[: spool.MAX_AGENT_CHARS]


@given(st.integers(1, 60))
def test_a_torn_line_is_recognised(cut: int) -> None:
    line = spool.encode(Act(1763830000.25, 1, 7, 0, "", "192.0.2.1", "Firefox"))
    assert spool.decode(line[: max(0, len(line) - 1 - cut)]) is None
    assert spool.decode(line[cut:-1]) is None


def test_reading_stops_before_an_unfinished_line(tmp_path: Path) -> None:
    path = tmp_path / "a.spool"
    whole = spool.encode(Act(1.0, 1, 1, 0, "", "", ""))
    path.write_bytes(whole * 2 + whole[:-5])
    acts, end = spool.read(path, 0, 1 << 20)
    assert (len(acts), end) == (2, len(whole) * 2)
    path.write_bytes(whole * 2 + b"\x00" * 40 + b"\n" + whole)  # a power cut left a hole
    acts, end = spool.read(path, end, 1 << 20)
    assert (len(acts), end) == (1, path.stat().st_size)


def test_a_grown_file_is_followed_by_a_new_one(tmp_path: Path) -> None:
    written = Spool(tmp_path, rotate_bytes=500)
    for number in range(50):
        written.append(1, number, 0, "", "", "Firefox")
    files = sorted(tmp_path.glob("*.spool"))
    assert len(files) >= 5
    assert sorted(act.first for path in files for act in spool.read(path, 0, 1 << 20)[0]) == list(range(50))
    assert [spool.is_abandoned(path) for path in files].count(False) == 1


def test_threads_never_mix_their_lines(tmp_path: Path) -> None:
    written = Spool(tmp_path, rotate_bytes=20_000)

    def write(start: int) -> None:
        for number in range(start, start + 500):
            written.append(2, number, 1, "", "192.0.2.1", "x" * (number % 90))

    threads = [threading.Thread(target=write, args=(start,)) for start in range(0, 4000, 500)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    acts = [act for path in tmp_path.glob("*.spool") for act in spool.read(path, 0, 1 << 20)[0]]
    assert sorted(act.first for act in acts) == list(range(4000))


def test_a_full_disk_is_told_and_what_follows_starts_a_new_file(tmp_path: Path) -> None:
    written = Spool(tmp_path)
    written.append(1, 1, 0, "", "", "")
    read_only = os.open(next(tmp_path.glob("*.spool")), os.O_RDONLY)
    kept, written._file = written._file, read_only
    with pytest.raises(OSError, match="Bad file descriptor"):
        written.append(1, 2, 0, "", "", "")
    written._file = kept
    written.append(1, 3, 0, "", "", "")
    os.close(read_only)


WRITER = """
import sys
from pathlib import Path
from tracking.public.spool import Spool
spool = Spool(Path(sys.argv[1]))
number = 0
while True:
    spool.append(1, number, 0, "", "", "Firefox")
    print(number, flush=True)
    number += 1
"""


def test_a_killed_writer_loses_nothing_that_it_answered(tmp_path: Path) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    answered = [int(writer.stdout.readline()) for _ in range(500)]
    (path,) = tmp_path.glob("*.spool")
    assert not spool.is_abandoned(path)
    writer.send_signal(signal.SIGKILL)
    rest = writer.stdout.read()
    writer.stdout.close()
    writer.wait()
    answered += [int(line) for line in rest.split(b"\n")[:-1]]
    assert spool.is_abandoned(path)
    stored = [act.first for act in spool.read(path, 0, 1 << 24)[0]]
    assert stored[: len(answered)] == answered
    assert len(stored) <= len(answered) + 1
