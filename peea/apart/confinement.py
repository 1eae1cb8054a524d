"""Taking rights away from a process that is about to unpack a file from outside (Linux).

A decoder is a large program in C that reads what strangers wrote. Should a crafted file take it over, it finds a
process that cannot open a file but the one it was given, if any, cannot change or remove any, cannot speak to the
network, cannot signal or trace another process, and has little memory and time. What it can still do is answer wrongly.

Limits of the kernel (setrlimit) hold on every Linux; Landlock (Linux 5.13; signals from 6.12) adds the rest where the
kernel has it.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import resource
import struct
from pathlib import Path
from typing import Final

_CREATE_RULESET: Final = 444
_ADD_RULE: Final = 445
_RESTRICT_SELF: Final = 446
"""System calls of Landlock; the same numbers on every architecture."""

_VERSION_FLAG: Final = 1
_PATH_BENEATH: Final = 1
_READ_FILE: Final = 1 << 2
_FILE_RIGHTS: Final = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
"""All rights over files that a version of Landlock knows, so that all are denied; later versions know those of 5."""

_NETWORK_RIGHTS: Final = 0b11
_SCOPES: Final = 0b11
"""Bind and connect (version 4); abstract sockets and signals (version 6)."""

_PR_SET_NO_NEW_PRIVS: Final = 38


def limit_resources(memory_bytes: int, processor_s: int) -> None:
    """Bound memory and processor time of this process; no file may be written, no memory image be left of a crash."""
    for kind, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, processor_s),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, already = resource.getrlimit(kind)
        bound = most if already == resource.RLIM_INFINITY else min(most, already)
        resource.setrlimit(kind, (bound, bound))


def allow_more_files(number: int) -> None:
    """Let this process have this many more files open than it has now, sockets and pipes among them.

    What is open already stays open.
    """
    lowest_free = os.dup(0)
    os.close(lowest_free)
    # A new file takes the lowest number that is free; the limit is the first number that may not be taken.
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free + number, lowest_free + number))


def leave_only(file: Path | None = None) -> bool:
    """Take from this process, for good, every right over files, over the network and over other processes.

    Args:
        file: the one that may still be opened for reading.

    Returns:
        False where the kernel has no Landlock.

    Raises:
        OSError: the kernel has Landlock and refused.
    """
    libc = _libc()
    version = libc.syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    if version < 1:
        if ctypes.get_errno() in (errno.ENOSYS, errno.EOPNOTSUPP):
            return False
        _raise()
    attributes = struct.pack("QQQ", _FILE_RIGHTS[min(version, 5)], _NETWORK_RIGHTS, _SCOPES)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = libc.syscall(_CREATE_RULESET, attributes[:size], size, 0)
    if ruleset < 0:
        _raise()
    # A file that is not there needs no rule; whoever opens it says so.
    with contextlib.suppress(FileNotFoundError):
        if file is not None:
            _allow_reading(libc, ruleset, file)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.syscall(_RESTRICT_SELF, ruleset, 0):
        _raise()
    os.close(ruleset)
    return True


def _allow_reading(libc: ctypes.CDLL, ruleset: int, file: Path) -> None:
    beneath = os.open(file, os.O_PATH)
    rule = struct.pack("=Qi", _READ_FILE, beneath)
    if os.path.isfile(file) and libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0):
        _raise()
    os.close(beneath)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _raise() -> None:
    number = ctypes.get_errno()
    raise OSError(number, f"Landlock: {os.strerror(number)}")
