"""Killing a program in the middle of what it does: it counts its statements and file operations, and dies at one."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from peea.store import database, exclusive, looks

IN_ANOTHER_PROCESS = multiprocessing.get_context("fork")
FILE_EVENTS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "shutil.rmtree", "shutil.copyfile"}
GIVEN_UP_S = 60


def count_steps(path: Path, act: Callable[[Path], Any]) -> int:
    """Return how many steps an act takes on a data folder, which it changes."""
    reader, writer = IN_ANOTHER_PROCESS.Pipe(duplex=False)

    def run() -> None:
        steps = _watched(lambda number: None)
        act(path)
        writer.send(steps())
        os._exit(0)

    process = IN_ANOTHER_PROCESS.Process(target=run)
    process.start()
    writer.close()
    assert reader.poll(GIVEN_UP_S), "the act did not come to its end"
    process.join(GIVEN_UP_S)
    return reader.recv()


def killed_at(step: int, path: Path, act: Callable[[Path], Any]) -> int | None:
    """Do something in another process that is killed right before its n-th step; return its exit code."""

    def die(number: int) -> None:
        if number == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def run() -> None:
        _watched(die)
        act(path)
        os._exit(0)

    process = IN_ANOTHER_PROCESS.Process(target=run)
    process.start()
    process.join(GIVEN_UP_S)
    return process.exitcode


def copied(folder: Path, target: Path) -> Path:
    """Copy a data folder and return the copy, in the place of the one that is there."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target)
    return target


def _watched(tell: Callable[[int], None]) -> Callable[[], int]:
    """Call `tell` with the number of each SQL statement and file operation of this process from here on."""
    looks._written.clear()  # each look writes its audit row, whatever was looked at a moment ago
    number = 0

    def step(*_: Any) -> None:
        nonlocal number
        number += 1
        tell(number)

    def of_files(event: str, arguments: tuple[Any, ...]) -> None:
        written = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if event in FILE_EVENTS or written:
            step()

    original = database.connect

    def connect(*arguments: Any, **named: Any) -> Any:
        connection = original(*arguments, **named)
        connection.set_trace_callback(step)
        return connection

    database.connect = exclusive.connect = connect
    for name in ("peea.keeping.rekeying", "peea.store.copies", "peea.keeping.backup"):
        if name in sys.modules:
            sys.modules[name].connect = connect  # type: ignore[attr-defined]
    sys.addaudithook(of_files)
    return lambda: number
