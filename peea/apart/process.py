"""A reader as the process that started it sees it: what it is asked, what it answers, and how its end is told."""

from __future__ import annotations

import fcntl
import json
import logging
import mmap
import os
import select
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from peea.apart.protocol import FAULT, REFUSED, RefusedError
from peea.language import Language, current_language

_log = logging.getLogger(__name__)

LONGEST_ANSWER: Final = 8192
"""Bytes of a reader's longest answer, unless it says otherwise: a sentence with the name of the file in it."""

_AT_ONCE: Final = 65_536
"""Bytes that a pipe of Linux holds."""

_ENVIRONMENT: Final = {
    # Keys and passwords that stand in the app's environment are none of the reader's business.
    name: os.environ[name]
    for name in ("LD_LIBRARY_PATH", "LANG", "LC_ALL")
    if name in os.environ
} | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}


class Stop(StrEnum):
    """Why a reader gave no answer."""

    ENDED = "ended"
    SILENT = "silent"
    MEMORY = "memory"


class ReaderStoppedError(Exception):
    """The reader ended, was silent for too long, or met a fault; `why` says which."""

    def __init__(self, why: Stop) -> None:
        super().__init__(f"the reader was given up: {why}")
        self.why = why


class ReaderProcess:
    """A reader: waiting for its one file, or at it.

    Args:
        module: whose main program it is; it hands its arguments to `peea.apart.inside.serve`.
        language: whose sentences it has ready.
        longest_answer: bytes of a line of it that are waited for.
    """

    def __init__(self, module: str, language: Language, longest_answer: int = LONGEST_ANSWER) -> None:
        self._memory = os.memfd_create("peea-shared", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-m", module, str(self._memory), language.value],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # complaints of libraries name files and people
            pass_fds=[self._memory],
            env=_ENVIRONMENT,
            cwd="/",
            bufsize=0,
        )
        self._longest = longest_answer
        self._waiting = bytearray()
        # Pipes are not closed under whoever waits at them in another thread.
        self._pipes = threading.Lock()
        self.end = weakref.finalize(self, _end, self.process, self._memory, self._pipes)

    def share(self, size: int) -> mmap.mmap:
        """Return memory of this many bytes that both see; what nobody fills is never taken."""
        os.ftruncate(self._memory, size)
        # Memory that the reader cut short would end whoever looks at it here.
        fcntl.fcntl(self._memory, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
        return mmap.mmap(self._memory, size)

    def ask(self, asked: Mapping[str, Any], memory_bytes: int, processor_s: int) -> None:
        """Say what to read, and how much memory and processor time that may take."""
        line = {
            **asked,
            "memory_bytes": memory_bytes,
            "processor_s": processor_s,
            "language": current_language().value,
        }
        self.tell(json.dumps(line).encode() + b"\n")

    def tell(self, line: bytes) -> None:
        """Send bytes; a reader that is gone shows when its answer is asked for."""
        with self._pipes:
            if self.process.stdin is None or self.process.stdin.closed:
                return
            try:
                self.process.stdin.write(line)
            except BrokenPipeError:
                _log.info("the reader of a file ended early")

    def said(self, within_s: float) -> dict[str, Any]:
        """Return the next answer.

        Raises:
            RefusedError: the reader refuses the file; kind and sentence are the reader's words.
            ReaderStoppedError: it ended, was silent for too long, answered nonsense, or met a fault.
        """
        try:
            answer = self.answer(within_s)
        except TimeoutError as error:
            raise ReaderStoppedError(Stop.SILENT) from error
        if answer is None:
            raise ReaderStoppedError(Stop.ENDED)
        if answer.get("is") == FAULT:
            kind = str(answer.get("kind"))[:40]
            _log.warning("the reader of a file met a %s", kind)
            raise ReaderStoppedError(Stop.MEMORY if kind == MemoryError.__name__ else Stop.ENDED)
        if answer.get("is") == REFUSED:
            raise RefusedError(str(answer.get("kind")), str(answer.get("sentence"))[:LONGEST_ANSWER])
        return answer

    def answer(self, within_s: float) -> dict[str, Any] | None:
        """Return the next answer as it came; None if the reader has ended or answers nonsense.

        Raises:
            TimeoutError: it was silent for too long.
        """
        with self._pipes:
            line = self._line(within_s)
        try:
            answer = None if line is None else json.loads(line)
        except (ValueError, RecursionError):
            return None
        return answer if isinstance(answer, dict) else None

    def _line(self, within_s: float) -> bytes | None:
        if self.process.stdout is None or self.process.stdout.closed:
            return None
        ready = select.poll()
        ready.register(self.process.stdout, select.POLLIN)
        searched, until = 0, time.monotonic() + within_s
        while (end := self._waiting.find(b"\n", searched)) < 0:
            searched = len(self._waiting)
            if searched > self._longest:
                return None
            if not ready.poll(max(0.0, until - time.monotonic()) * 1000):
                raise TimeoutError
            received = os.read(self.process.stdout.fileno(), _AT_ONCE)
            if not received:
                return None
            self._waiting += received
        line = bytes(self._waiting[:end])
        del self._waiting[: end + 1]
        return line


def _end(process: subprocess.Popen[bytes], memory: int, pipes: threading.Lock) -> None:
    process.kill()
    process.wait()  # with it ends whoever waits for its answer
    with pipes:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
    os.close(memory)


class Spare:
    """One reader that has started already: starting takes some 0.3 s, for which a slider should not wait."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._lock = threading.Lock()
        self._reader: ReaderProcess | None = None

    def take(self) -> ReaderProcess:
        """Return a reader for one file, and start the next one."""
        language = current_language()
        with self._lock:
            taken, self._reader = self._reader, None
            if taken is None or taken.process.poll() is not None:
                taken = ReaderProcess(self._module, language)
            self._reader = ReaderProcess(self._module, language)
        return taken

    def end(self) -> None:
        """End the one that waits."""
        with self._lock:
            if self._reader is not None:
                self._reader.end()
            self._reader = None
