"""A reader's own side: it gets one line with what to read, takes its own rights away, and answers."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from peea.apart.confinement import limit_resources
from peea.apart.protocol import FAULT, REFUSED, RefusedError
from peea.language import Language, catalog, using_language


def serve(arguments: Sequence[str], read: Callable[[Mapping[str, Any], int], None]) -> int:
    """Read what the first line asks for, and answer; return the exit status.

    Args:
        arguments: the number of the shared memory, and languages to have ready.
        read: takes what is asked and the number of the shared memory, leaves what it no longer needs, and answers.
            Whatever it raises is told to the other side, `RefusedError` with its sentence.
    """
    memory = int(arguments[0])
    for language in map(Language, arguments[1:]):
        _prepare(language)
    line = sys.stdin.buffer.readline()
    if not line:  # not needed any more
        return 0
    asked = json.loads(line)
    language = Language(asked["language"])
    _prepare(language)
    limit_resources(asked["memory_bytes"], asked["processor_s"])
    with using_language(language):
        try:
            read(asked, memory)
        except RefusedError as refused:
            answer(REFUSED, kind=refused.kind, sentence=refused.sentence)
        except Exception as error:  # noqa: BLE001 - the other side has to know that this is no end of the file
            answer(FAULT, kind=type(error).__name__)
    return 0


def _prepare(language: Language) -> None:
    """Load what sentences need before no file can be opened any more."""
    if language is not Language.ENGLISH:
        catalog(language)


def answer(kind_of: str, **named: Any) -> None:
    """Send one line."""
    left = (json.dumps({"is": kind_of, **named}) + "\n").encode()
    while left:
        left = left[os.write(sys.stdout.fileno(), left) :]
