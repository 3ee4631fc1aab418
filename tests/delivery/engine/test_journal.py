from pathlib import Path

import pytest

from delivery import verp
from delivery.engine.journal import RECORD, Held, Journal, Kind, read_owner


@pytest.fixture(autouse=True)
def engine_of_this_process() -> None:
    """None is needed here."""


def test_last_word_on_each_message_counts(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for message_id in (1, 2, 3, 4):
        journal.begun(7, 2, message_id)
    journal.accepted(7, 2, 1)
    journal.refused(7, 2, 2, 5, 550)
    journal.withdrawn(7, 2, 3)
    journal.accepted(8, 2, 4)
    journal.accepted(7, 1, 4)
    with pytest.raises(BlockingIOError):
        Held(journal.path)
    copy = tmp_path / "copy"
    copy.write_bytes(journal.path.read_bytes())
    with Held(copy) as held:
        words = held.last_words(7, 2)
    assert {i: word.kind for i, word in words.items()} == {
        1: Kind.ACCEPTED,
        2: Kind.REFUSED,
        3: Kind.WITHDRAWN,
        4: Kind.BEGUN,
    }
    assert words[2].code == 550
    journal.close()


def test_what_is_chained_is_two_records(tmp_path: Path) -> None:
    """Also over the ring's end; a death between the two leaves the first."""
    journal = Journal(tmp_path)
    slots = (journal.path.stat().st_size - 4096) // RECORD.size
    copy = tmp_path / "copy"

    def words(content: bytes) -> dict[int, Kind]:
        copy.write_bytes(content)
        with Held(copy) as held:
            return {i: word.kind for i, word in held.last_words(7, 1).items()}

    assert journal.begun(7, 1, 1) == 0
    assert journal.chained((7, 1, 1), (7, 1, 2)) == 2
    whole = journal.path.read_bytes()
    assert words(whole) == {1: Kind.ACCEPTED, 2: Kind.BEGUN}
    end = 4096 + 2 * RECORD.size
    assert words(whole[:end] + bytes(len(whole) - end)) == {1: Kind.ACCEPTED}
    journal.next_number = journal.floor = slots - 1
    assert journal.chained((7, 1, 2), (7, 1, 3)) == slots
    assert words(journal.path.read_bytes()) == {1: Kind.ACCEPTED, 2: Kind.ACCEPTED, 3: Kind.BEGUN}
    journal.close()


def test_torn_record_says_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.begun(7, 1, 1)
    torn = bytearray(journal.path.read_bytes())
    torn[4096 + 20] ^= 1
    copy = tmp_path / "copy"
    copy.write_bytes(torn)
    with Held(copy) as held:
        assert held.last_words(7, 1) == {}
    journal.close()


def test_ring_turns_over_settled_records_alone(tmp_path: Path) -> None:
    """More than a round of the ring: a quarter of a second."""
    journal = Journal(tmp_path)
    slots = (journal.path.stat().st_size - 4096) // RECORD.size
    for message_id in range(slots):
        journal.begun(7, 1, message_id)
    with pytest.raises(OSError, match="wait for the ledger"):
        journal.begun(7, 1, slots)
    journal.floor = 1
    with pytest.raises(OSError, match="wait for the ledger"):
        journal.chained((7, 1, 5), (7, 1, 6))
    journal.floor = 10
    journal.accepted(7, 1, slots - 1)
    copy = tmp_path / "copy"
    copy.write_bytes(journal.path.read_bytes())
    with Held(copy) as held:
        words = held.last_words(7, 1)
    assert words[slots - 1].kind == Kind.ACCEPTED
    assert words[slots - 2].kind == Kind.BEGUN
    assert 0 not in words
    journal.close()


def test_owner_is_known_and_alive(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    owner = read_owner(journal.path)
    assert owner is not None
    assert owner.is_within_reach
    assert owner.is_running
    journal.close()


def test_return_address_names_its_message_whatever_its_case() -> None:
    address = verp.address(4711, "bounces.nordlicht.example")
    assert address.isascii()
    assert len(address.partition("@")[0]) <= 64
    assert verp.message_id(address.upper()) == 4711
    assert verp.message_id("bounce+00@bounces.nordlicht.example") is None
    assert verp.message_id("ada@nordlicht.example") is None
