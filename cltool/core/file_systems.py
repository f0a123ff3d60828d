"""Which kind of file system a folder is on."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

NETWORK = ("nfs", "cifs", "smb", "lustre", "gpfs", "beegfs", "ceph", "fuse", "9p", "virtiofs",
           "afs", "glusterfs", "ocfs2", "gfs2", "pvfs2", "orangefs")  # fmt: skip
"""First letters of file system types that other hosts may write to without seeing a lock."""


def file_system(folder: Path) -> str:
    """Return the type of the file system that ``folder`` is on; empty if it is not known."""
    device = folder.stat().st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    with suppress(OSError):
        for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
            fields, _, kind = line.partition(" - ")
            if fields.split()[2] == number:
                return kind.split()[0]
    return ""
