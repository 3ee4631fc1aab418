"""A bounded load: some connections, each sends its next request when the last one is answered.

    python -m bench.load PORT CONNECTIONS SECONDS < paths

Prints one JSON object: answered by status, seconds, its own processor time, and latencies in milliseconds. It ends with
no request open, so that what it counts is what the server answered.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from itertools import cycle
from typing import Any

import uvloop

_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Visitor(asyncio.Protocol):
    def __init__(self, load: "Load") -> None:
        self._load = load
        self._buffer = b""
        self._sent_at = 0.0

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        start = self._buffer.lower().find(b"content-length:")
        length = int(self._buffer[start + 15 : self._buffer.index(b"\r", start)]) if 0 <= start < end else 0
        if len(self._buffer) < end + 4 + length:
            return
        self._load.answered(self._buffer[9:12], time.perf_counter() - self._sent_at)
        self._buffer = b""
        self._next()

    def connection_lost(self, _: Exception | None) -> None:
        self._load.left()

    def _next(self) -> None:
        request = self._load.request()
        if request is None:
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)


class Load:
    def __init__(self, port: int, connections: int, seconds: float, paths: list[str]) -> None:
        self._port, self._connections, self._seconds = port, connections, seconds
        head = f"HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: {_AGENT}\r\nAccept: */*\r\n\r\n"
        self._requests = cycle([f"GET {path} {head}".encode() for path in paths])
        self._statuses: Counter[bytes] = Counter()
        self._latencies: list[float] = []
        self._open = connections

    async def run(self) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        self._over = loop.create_future()
        start = time.perf_counter()
        self._until = start + self._seconds
        for _ in range(self._connections):
            await loop.create_connection(lambda: Visitor(self), "127.0.0.1", self._port)
        await self._over
        seconds = time.perf_counter() - start
        ordered = sorted(self._latencies)
        return {
            "statuses": {status.decode(): count for status, count in self._statuses.items()},
            "seconds": seconds,
            "cpu_s": time.process_time(),
            "p50_ms": ordered[len(ordered) // 2] * 1000,
            "p99_ms": ordered[int(len(ordered) * 0.99)] * 1000,
        }

    def request(self) -> bytes | None:
        return next(self._requests) if time.perf_counter() < self._until else None

    def answered(self, status: bytes, seconds: float) -> None:
        self._statuses[status] += 1
        self._latencies.append(seconds)

    def left(self) -> None:
        self._open -= 1
        if self._open == 0 and not self._over.done():
            self._over.set_result(None)


def main() -> None:
    port, connections, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    load = Load(port, connections, seconds, sys.stdin.read().split())
    print(json.dumps(uvloop.run(load.run())))


if __name__ == "__main__":
    main()
