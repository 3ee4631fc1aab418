"""What the sink keeps is read while it goes on writing."""

from pathlib import Path

import pytest

from tests import sink

MAIL = b'{"from": "a@x.example", "to": "b@x.example", "id": "1", "bytes": 5}\nWords'


@pytest.mark.parametrize("written", [1, 8, MAIL.index(b"\n"), len(MAIL) - 1])
def test_mail_that_is_being_written_comes_once_it_is_whole(tmp_path: Path, written: int) -> None:
    file = tmp_path / "mails"
    file.write_bytes(MAIL + MAIL[:written])
    assert len(list(sink.as_sent(file))) == 1
    sink.count(file)
    assert len(list(sink.heads(file))) >= 1
    file.write_bytes(2 * MAIL)
    assert sink.count(file) == len(list(sink.as_sent(file))) == len(list(sink.heads(file))) == 2
