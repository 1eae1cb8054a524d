"""Patients of a file read in this process, as the reader's own process does it: for tests of what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from peea.records.candidates import Candidate
from peea.records.incoming import candidates_of
from peea.store.exchange import OWNED, ExchangeError
from peea.uploads.errors import UploadRefusedError
from peea.uploads.fhir_bundle import patients_of_bundle
from peea.uploads.patient_list import patients_of_list
from peea.uploads.values import Content


@contextmanager
def refused_as_on_the_page() -> Iterator[None]:
    try:
        yield
    except UploadRefusedError as error:
        raise ExchangeError(str(error)) from error


def candidates_of_bundle(content: bytes | str) -> list[Candidate]:
    content = content.encode() if isinstance(content, str) else content
    with refused_as_on_the_page():
        return candidates_of(patients_of_bundle(content, OWNED), Content.BUNDLE)


def candidates_of_csv(content: bytes) -> list[Candidate]:
    with refused_as_on_the_page():
        return candidates_of(patients_of_list(content), Content.LIST)
