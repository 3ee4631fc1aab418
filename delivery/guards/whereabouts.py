"""Which machine and folder this installation lives in, so that a copy of both is told from the original."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """`machine` outlives a restart, where it can be known; `boot` does not. `inode` tells a folder from its copy."""

    machine: str
    boot: str
    folder: str
    inode: str

    @classmethod
    def of(cls, folder: Path) -> "Whereabouts":
        machine = _words("/etc/machine-id") + _words("/sys/class/dmi/id/product_uuid")
        boot = _words("/proc/sys/kernel/random/boot_id")
        return cls(machine, boot, str(folder.resolve()), _inode(folder))

    def may_be(self, before: "Whereabouts") -> bool:
        """Whether this can be where `before` was noted. After a restart a disk may have got another number."""
        if self.folder != before.folder:
            return False
        if self.boot == before.boot:
            return self.inode == before.inode
        # Who may read less of what names the machine sees the beginning of it, or nothing.
        return self.machine.startswith(before.machine) or before.machine.startswith(self.machine)


def _inode(folder: Path) -> str:
    try:
        found = folder.stat()
    except OSError:
        return ""
    return f"{found.st_dev}:{found.st_ino}"


def _words(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""
