"""Small pieces of HTML. Every text from outside goes through `escape`, so that markup in a name shows as text."""

from __future__ import annotations

from html import escape

from peea.grade_style import style_of
from peea.language import listed, t
from peea.scales import Grade
from peea.store import Patient

__all__ = ["chip", "escape", "numbers", "place"]


def place(patient: Patient) -> str:
    """Return where a patient lies, as plain text."""
    return listed([patient.ward, patient.bed and t("bed {bed}", bed=patient.bed)]) or t("no bed given")


def chip(grade: Grade | None) -> str:
    """Return a grade as a chip: sign, word and colour together."""
    style = style_of(grade)
    look = "not-assessed" if grade is None else f"grade-{int(grade)}"
    return (
        f'<span class="peea-chip {look}"><span class="sign">{escape(style.sign)}</span>'
        f"<span>{escape(style.word)}</span></span>"
    )


def numbers(named: list[tuple[str, str]]) -> str:
    """Return numbers with their names as a row of boxes; each is (name, value with unit)."""
    boxes = "".join(
        f'<div><span class="value">{escape(value)}</span><span class="name">{escape(name)}</span></div>'
        for name, value in named
    )
    return f'<div class="peea-numbers">{boxes}</div>'
