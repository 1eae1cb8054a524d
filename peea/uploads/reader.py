"""The process that reads one table, list or Bundle: `peea.uploads.reading` starts it and trusts no answer of it.

It gets the bytes of the file in the shared memory, never its name, and is left without any right over files.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from peea.apart.confinement import allow_more_files, leave_only
from peea.apart.inside import answer, serve
from peea.apart.protocol import ENDED, RefusedError
from peea.uploads.errors import UploadRefusedError
from peea.uploads.values import Answer, Content, patient_answers, table_answers

_Format = Callable[[bytes], Iterable[Answer]]


def _read(asked: Mapping[str, Any], memory: int) -> None:
    answers_of = _format(Content(asked["content"]), asked["tables"])
    content = os.pread(memory, asked["bytes"], 0)
    os.close(memory)
    leave_only()
    allow_more_files(0)
    try:
        for one in answers_of(content):
            named = dict(one)
            answer(named.pop("is"), **named)
    except UploadRefusedError as error:
        raise RefusedError(type(error).__name__, str(error)) from error
    answer(ENDED)


def _format(content: Content, tables: list[str]) -> _Format:
    """Return what reads a format; what it needs is loaded now, as long as files can be opened."""
    if content is Content.RATINGS:
        from peea.uploads.rating_table import rating_table

        return lambda file: table_answers(rating_table(file))
    if content is Content.LIST:
        from peea.uploads.patient_list import patients_of_list

        return lambda file: patient_answers(patients_of_list(file))
    import fhir.resources.R4B

    from peea.uploads.fhir_bundle import patients_of_bundle
    from peea.uploads.held_modules import hold_modules

    hold_modules(fhir.resources.R4B)
    return lambda file: patient_answers(patients_of_bundle(file, tables))


if __name__ == "__main__":
    raise SystemExit(serve(sys.argv[1:], _read))
