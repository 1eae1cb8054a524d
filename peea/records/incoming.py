"""A file from outside: what kind it is, and the patients in it."""

from __future__ import annotations

from peea.records.candidates import Candidate
from peea.records.fhir_in import candidates_of_bundle
from peea.records.patient_csv import candidates_of_csv


def candidates_of_file(name: str, content: bytes) -> list[Candidate]:
    """Return the patients of a CSV list or a FHIR Bundle, told apart by what it holds; nothing is written.

    Raises:
        peea.store.exchange.ExchangeError: it is neither.
    """
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start in (b"{", b"[") or name.lower().endswith(".json"):
        return candidates_of_bundle(content)
    return candidates_of_csv(content)
