"""A name server of ours on loopback: says what a test's zone says, and misbehaves where the zone tells it to."""

import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

# Its answer comes at once, but a busy machine is late.
PATIENCE_SECONDS = 20
# name -> type -> values. A type of its own, "BEHAVES", names one of the misbehaviours below.
Zone = Mapping[str, Mapping[str, Sequence[str]]]


class DnsServer:
    def __init__(self) -> None:
        self.zone: dict[str, dict[str, list[str]]] = {}
        self.questions: list[tuple[str, str]] = []
        self._udp, self._tcp = _on_one_port()
        for serve in (self._serve_udp, self._serve_tcp):
            threading.Thread(target=serve, daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._udp.getsockname()[1]}"

    def add(self, zone: Zone) -> None:
        for name, kinds in zone.items():
            self.zone.setdefault(name.lower(), {}).update({kind: list(values) for kind, values in kinds.items()})

    def close(self) -> None:
        self._udp.close()
        self._tcp.close()

    def _serve_udp(self) -> None:
        with suppress(OSError):  # it is closed, perhaps before the last answer, which nobody waits for any more
            while True:
                packet, where = self._udp.recvfrom(4096)
                for answer in self._answers(packet, is_tcp=False):
                    self._udp.sendto(answer, where)

    def _serve_tcp(self) -> None:
        while True:
            try:
                peer, _ = self._tcp.accept()
            except OSError:
                return
            with peer, suppress(OSError):  # who asked may be gone
                head = peer.recv(2)
                packet = peer.recv(struct.unpack("!H", head)[0]) if len(head) == 2 else b""
                for answer in self._answers(packet, is_tcp=True) if packet else ():
                    peer.sendall(struct.pack("!H", len(answer)) + answer)

    def _answers(self, packet: bytes, *, is_tcp: bool) -> Iterator[bytes]:
        asked = dns.message.from_wire(packet)
        name = asked.question[0].name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(asked.question[0].rdtype)
        self.questions.append((name, kind))
        (behaviour,) = self.zone.get(name, {}).get("BEHAVES", [""])
        answer = self._honest(asked, name, kind)
        if behaviour == "silent":
            return
        if behaviour == "slow":
            time.sleep(0.3)
        elif behaviour == "SERVFAIL" or behaviour == "REFUSED":
            answer.answer.clear()
            answer.set_rcode(dns.rcode.from_text(behaviour))
        elif behaviour == "truncated" and not is_tcp:
            answer.answer.clear()
            answer.flags |= dns.flags.TC
        elif behaviour == "garbage":
            yield packet[:2] + b"\x81\x80" + b"\xff" * 20
            return
        elif behaviour == "lies first":  # of another question, and under another number, before the true one
            forged = dns.message.make_response(dns.message.make_query("forged.example", "TXT", id=asked.id))
            yield forged.to_wire()
            forged = self._answer_of(asked, name, "TXT", ["v=spf1 +all"])
            forged.id = (asked.id + 1) % 65536
            yield forged.to_wire()
        yield answer.to_wire()

    def _honest(self, asked: dns.message.Message, name: str, kind: str) -> dns.message.Message:
        answer = dns.message.make_response(asked)
        at = name
        for _ in range(20):
            kinds = self.zone.get(at, {})
            if kind not in kinds and "CNAME" in kinds:
                answer.answer.append(_rrset(at, "CNAME", kinds["CNAME"]))
                at = kinds["CNAME"][0].rstrip(".").lower()
                continue
            if kind in kinds:
                answer.answer.append(_rrset(at, kind, kinds[kind]))
            break
        if not any(known == at or known.endswith(f".{at}") for known in self.zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer

    def _answer_of(self, asked: dns.message.Message, name: str, kind: str, values: list[str]) -> dns.message.Message:
        answer = dns.message.make_response(asked)
        answer.answer.append(_rrset(name, kind, values))
        return answer


@contextmanager
def running() -> Iterator[DnsServer]:
    server = DnsServer()
    try:
        yield server
    finally:
        server.close()


def _rrset(name: str, kind: str, values: Sequence[str]) -> dns.rrset.RRset:
    texts = [_strings(value) for value in values] if kind == "TXT" else list(values)
    return dns.rrset.from_text_list(
        dns.name.from_text(name), 60, dns.rdataclass.IN, dns.rdatatype.from_text(kind), texts
    )


def _strings(value: str) -> str:
    """A text as a TXT record has it: in strings of 255 octets, or where the zone marks a joint with "|"."""
    parts = value.split("|") if "|" in value else [value[at : at + 255] for at in range(0, len(value), 255)] or [""]
    escaped = (part.replace("\\", "\\\\").replace('"', '\\"') for part in parts)
    return " ".join(f'"{part}"' for part in escaped)


def _on_one_port() -> tuple[socket.socket, socket.socket]:
    """For both protocols; a port that is free for one may be another program's for the other."""
    while True:
        tcp = socket.create_server(("127.0.0.1", 0))
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            udp.bind(tcp.getsockname())
        except OSError:
            tcp.close()
            udp.close()
        else:
            return udp, tcp
