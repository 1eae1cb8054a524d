"""Tables, lists and Bundles from outside, read by a process of their own (`peea.uploads.reader`).

What that process answers is checked as if a stranger said it. If it crashes, takes too long or needs too much memory,
that is a sentence about the file.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection, Generator
from contextlib import closing
from typing import Final

from peea.apart.process import ReaderProcess, ReaderStoppedError, Stop
from peea.apart.protocol import ENDED, RefusedError
from peea.held_recording import shown_name
from peea.language import current_language, t
from peea.uploads.errors import UploadRefusedError
from peea.uploads.limits import MEGABYTE, UploadLimits
from peea.uploads.values import Answer, Content, NotAsSaidError, PatientOfFile, TextTable, patients_of, table_of

_log = logging.getLogger(__name__)

LONGEST_ANSWER: Final = 32 * MEGABYTE
"""Bytes of the longest answer: the course of two hours, frame by frame, as text."""

AT_ONCE: Final = 2
"""Files read at a time in the whole app, however many people send some; the others wait, so that memory is bounded."""

_turns = threading.BoundedSemaphore(AT_ONCE)

_LOGGED: Final = {
    Stop.ENDED: "the reader of an upload ended early or answered nonsense",
    Stop.SILENT: "the reader of an upload took too long and was ended",
    Stop.MEMORY: "the reader of an upload needed more memory than is allowed",
}


def read_ratings(name: str, content: bytes, limits: UploadLimits | None = None) -> TextTable:
    """Return the table of ratings in a CSV file, as texts.

    Args:
        name: of the file, for sentences.
        content: its bytes.
        limits: what to refuse; the defaults if None.

    Raises:
        UploadRefusedError: it is too large, no table, or reading it had to be stopped.
    """
    limits = limits or UploadLimits()
    if len(content) > limits.max_table_mb * MEGABYTE:
        raise UploadRefusedError(
            t("The file is larger than {n} MB. Choose the table of ratings alone.", n=limits.max_table_mb)
        )
    try:
        with closing(_answers(Content.RATINGS, name, content, limits, ())) as answers:
            return table_of(answers)
    except NotAsSaidError as error:
        raise _stopped(name, Stop.ENDED) from error


def read_patients(
    name: str, content: bytes, kind: Content, tables: Collection[str], limits: UploadLimits | None = None
) -> list[PatientOfFile]:
    """Return the patients of a CSV list or of a FHIR Bundle, as the file says.

    Args:
        name: of the file, for sentences.
        content: its bytes.
        kind: list or Bundle.
        tables: those whose records may be among them.
        limits: what to refuse; the defaults if None.

    Raises:
        UploadRefusedError: it is too large, neither, or reading it had to be stopped.
    """
    limits = limits or UploadLimits()
    if len(content) > MEGABYTE * (limits.max_bundle_mb if kind is Content.BUNDLE else limits.max_table_mb):
        raise UploadRefusedError(t("The file is too large."))
    try:
        with closing(_answers(kind, name, content, limits, tables)) as answers:
            return patients_of(answers, tables)
    except NotAsSaidError as error:
        raise _stopped(name, Stop.ENDED) from error


def _answers(
    kind: Content, name: str, content: bytes, limits: UploadLimits, tables: Collection[str]
) -> Generator[Answer]:
    with _turns:
        until = time.monotonic() + limits.read_within_s
        reader = ReaderProcess("peea.uploads.reader", current_language(), LONGEST_ANSWER)
        try:
            with reader.share(max(len(content), 1)) as shared:
                shared[: len(content)] = content
            asked = {"content": kind, "bytes": len(content), "tables": sorted(tables)}
            reader.ask(asked, limits.max_memory_bytes, limits.max_processor_s)
            while (answer := reader.said(until - time.monotonic())).get("is") != ENDED:
                yield answer
        except RefusedError as refused:
            raise UploadRefusedError(refused.sentence) from refused
        except ReaderStoppedError as stopped:
            _log.warning(_LOGGED[stopped.why])
            raise _stopped(name, stopped.why) from stopped
        finally:
            reader.end()


def _stopped(name: str, why: Stop) -> UploadRefusedError:
    named = {"name": shown_name(name)}
    if why is Stop.SILENT:
        return UploadRefusedError(
            t(
                "{name} takes too long to read, so reading it was stopped. Export it in parts, or save it once more "
                "from the program that it comes from.",
                **named,
            )
        )
    if why is Stop.MEMORY:
        return UploadRefusedError(
            t("{name} needs more memory to read than is allowed, so it was not read. Export it in parts.", **named)
        )
    return UploadRefusedError(
        t(
            "{name} cannot be read: reading it had to be stopped, as happens with damaged files and with files made to "
            "do harm. Save it once more from the program that it comes from.",
            **named,
        )
    )
