"""Opens and shuts the listener as the settings say, and keeps what the page says of it. For the feedback process."""

import errno
import logging
import time
from collections import Counter

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from accounts.models import Organisation
from delivery.feedback.listening.admission import Admission
from delivery.feedback.listening.listener import Listener
from delivery.feedback.listening.place import Place, place
from delivery.feedback.listening.session import Hub
from delivery.models import ReturnListener

LOOK_SECONDS = 3.0
_TELL_SECONDS = 30.0
log = logging.getLogger(__name__)


class Door:
    """Of one process. Whatever the database says it said last stays true while it is away."""

    def __init__(self, where: Place | None = None) -> None:
        self._place = where or place()
        self._admission = Admission()
        self._listener: Listener | None = None
        self._told: Counter[str] = Counter()
        self._looked_at = self._told_at = -_TELL_SECONDS
        self._problem = ""

    def look(self) -> None:
        """Cheap to call often. Raises DatabaseError; call it again then."""
        now = time.monotonic()
        if now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        self._admission.domains = ReturnListener.get().domains(Organisation.get())
        was_open, problem_before = self._is_open, self._problem
        if not self._admission.domains:
            self.shut()
        elif not was_open:
            self._open()
        has_changed = (was_open, problem_before) != (self._is_open, self._problem)
        if has_changed or (self._admission.domains and now - self._told_at > _TELL_SECONDS):
            self._tell()

    def shut(self) -> None:
        if self._listener is not None:
            self._listener.stop()
        self._listener, self._problem = None, ""

    @property
    def _is_open(self) -> bool:
        return self._listener is not None and self._listener.is_listening

    def _open(self) -> None:
        hub = Hub(self._admission, only_lmtp=settings.RETURN_PROTOCOL == "lmtp")
        try:
            self._listener, self._problem = Listener(self._place, hub), ""
        except OSError as problem:
            self._listener, self._problem = None, _words(self._place, problem)
            log.warning("%s", self._problem)

    def _tell(self) -> None:
        now, is_open = timezone.now(), self._is_open
        ReturnListener.get()  # makes it
        row = ReturnListener.objects.filter(pk=1)
        row.exclude(is_open=is_open, place=str(self._place)).update(since=now)
        row.update(is_open=is_open, place=str(self._place), problem=self._problem[:300], seen_at=now)
        if self._listener is not None:
            refused = Counter(self._listener.hub.refused)
            new = refused - self._told
            if not new["full"]:
                row.update(full_since=None)
            else:
                row.filter(full_since=None).update(full_since=now)
            row.update(
                refused_unknown=F("refused_unknown") + new["unknown"],
                refused_limits=F("refused_limits") + new["connections"] + new["flood"],
                not_kept=F("not_kept") + new["not kept"],
            )
            self._told = refused
        else:
            self._told = Counter()
        self._told_at = time.monotonic()


def _words(where: Place, problem: OSError) -> str:
    what = f"{where} cannot be listened on"
    match problem.errno:
        case errno.EADDRINUSE:
            return f"{what}: another program has it. Stop that program, or choose another port with RETURN_PORT."
        case errno.EACCES | errno.EPERM:
            return (
                f"{what}: this account may not. Ports below 1024 are the system's: choose a higher one with "
                "RETURN_PORT, and let a mail server in front, or the firewall, hand on port 25."
            )
        case errno.EADDRNOTAVAIL:
            return f"{what}: this machine has no such address. Correct RETURN_HOST."
    return f"{what} ({problem.strerror or problem}). Correct RETURN_HOST and RETURN_PORT."
