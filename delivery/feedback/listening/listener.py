"""Listens in a thread of the feedback process, while a bounce domain is set."""

import asyncio
import contextlib
import threading
from pathlib import Path

import uvloop

from delivery.feedback.listening.place import Place
from delivery.feedback.listening.session import Hub, Session

_STOP_SECONDS = 10


class Listener:
    """Begins when it is made; raises OSError when the place cannot be had."""

    def __init__(self, place: Place, hub: Hub) -> None:
        self.place, self.hub = place, hub
        self._begun = threading.Event()
        self._problems: list[OSError] = []
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
        self._thread.start()
        self._begun.wait()
        if self._problems:
            self._thread.join()
            raise self._problems[0]

    @property
    def is_listening(self) -> bool:
        return self._thread.is_alive()

    def stop(self) -> None:
        """What is being received is kept and answered first."""
        with contextlib.suppress(RuntimeError):  # its loop is over
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_STOP_SECONDS + 5)

    def _run(self) -> None:
        uvloop.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        try:
            server = await self._listen()
        except OSError as problem:
            self._problems.append(problem)
            return
        finally:
            self._begun.set()
        await self._stop.wait()
        server.close()
        await self._dismiss()
        await self.hub.gathering.end()

    async def _listen(self) -> asyncio.Server:
        place, loop = self.place, asyncio.get_running_loop()
        if not place.is_socket:
            return await loop.create_server(lambda: Session(self.hub), place.host, place.port, backlog=128)
        server = await loop.create_unix_server(lambda: Session(self.hub), place.host)
        Path(place.host).chmod(0o666)  # who may come to it, its folder says
        return server

    async def _dismiss(self) -> None:
        self.hub.stopping = True
        for session in list(self.hub.sessions):
            session.leave("421 4.3.2 Stopping, try again in a minute")
        deadline = self._loop.time() + _STOP_SECONDS
        while self.hub.sessions and self._loop.time() < deadline:
            await asyncio.sleep(0.02)
