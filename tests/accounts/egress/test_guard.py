"""A connection leads to the address that was judged, or nowhere."""

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress

import pytest

from accounts.egress.allowed import Allowed
from accounts.egress.deadline import Deadline
from accounts.egress.guard import Guard, Refused
from tests.lateness import Lateness

HERE = Allowed.read("127.0.0.0/8")


class Names:
    """A name service that answers as a test wants: each time with the next of its answers."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers, self.asked = list(answers), list[str]()

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def port() -> Iterator[int]:
    """A server that says on which of its addresses it was reached."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connected, _ = listener.accept()
                except OSError:
                    return
                with connected, suppress(OSError):  # who connected may be gone
                    connected.sendall(connected.getsockname()[0].encode())

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def deadline() -> Iterator[Deadline]:
    with Deadline(5) as entered:
        yield entered


def test_a_name_is_looked_up_once_and_the_judged_address_is_the_one_connected_to(port: int, deadline: Deadline) -> None:
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    with Guard(HERE, names).connect("Mail.Example.", port, deadline) as reached:
        assert reached.recv(100) == b"127.0.0.1"
        assert reached.getpeername() == ("127.0.0.1", port)
    assert names.asked == ["mail.example"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1", "0x7f.1", "2130706433", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_refused_in_each_of_its_forms(host: str, port: int, deadline: Deadline) -> None:
    with pytest.raises((Refused, OSError)) as refusal:
        Guard(Allowed()).connect(host, port, deadline)
    assert isinstance(refusal.value, Refused) or "127" not in host


def test_one_private_address_among_public_ones_is_one_too_many(deadline: Deadline) -> None:
    with pytest.raises(Refused, match=r"10\.0\.0\.1, which is an address in a private network"):
        Guard(Allowed(), Names(["9.9.9.9", "10.0.0.1"])).judged("mail.example", 993, deadline)


def test_the_owner_can_allow_a_host_by_name_but_never_a_metadata_service(port: int, deadline: Deadline) -> None:
    allowed = Allowed.read("mail.intern,169.254.0.0/16,100.64.0.0/10")
    with Guard(allowed, Names(["127.0.0.1"])).connect("mail.intern", port, deadline):
        pass
    with pytest.raises(Refused):
        Guard(allowed, Names(["127.0.0.1"])).connect("other.intern", port, deadline)
    for address in ("169.254.169.254", "100.100.100.200"):
        with pytest.raises(Refused, match="reserved"):
            Guard(allowed, Names([address])).judged("mail.intern", port, deadline)


@pytest.mark.parametrize("host", ["", "a b", "mail.example\r\nX: y", "x" * 300, "a..b"])
def test_what_is_no_host_name_is_not_looked_up(host: str, deadline: Deadline) -> None:
    names = Names(["9.9.9.9"])
    with pytest.raises(Refused, match="not the name of a server"):
        Guard(Allowed(), names).judged(host, 993, deadline)
    assert names.asked == []


def test_a_name_service_that_does_not_answer_ends_with_the_deadline() -> None:
    silent = threading.Event()

    def names(host: str, port: int) -> Sequence[str]:
        silent.wait(60)
        return []

    started = time.monotonic()
    with Lateness() as machine, Deadline(0.2) as short, pytest.raises(TimeoutError):
        Guard(Allowed(), names).judged("mail.example", 993, short)
    assert time.monotonic() - started < 2 + machine.allowed
    silent.set()


def test_a_name_without_addresses_is_no_server(deadline: Deadline) -> None:
    with pytest.raises(OSError, match="no address"):
        Guard(Allowed(), Names([])).judged("mail.example", 993, deadline)
