"""Small pieces of HTML and labels. Every text from outside goes through `escape` on its way into HTML and through
`as_text` on its way into a label, a caption or a heading, which read Markdown: so markup in a name shows as text."""

from __future__ import annotations

import re
from html import escape

from peea.grade_style import style_of
from peea.language import listed, t
from peea.scales import Grade
from peea.store import Patient

__all__ = ["as_text", "chip", "escape", "numbers", "place"]

_MARKUP = re.compile(r"[\\`*_\[\]<>$~:|#]|^[-+](?=\s)")
"""What begins Markdown, a formula, a colour (:red[...]) or an icon (:material/...:)."""

_LINK = re.compile(r"(?<=http:|ttps:)(?=//)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
"""Where a text that reads like an address is made a link, whatever stands before it."""

_JOINER = "\u2060"
"""A sign without width (word joiner) that keeps such a text from being one."""


def as_text(text: str) -> str:
    """Return a text so that Markdown shows it as it is: in labels, captions, headings, titles of dialogs.

    >>> as_text("**Ada** :red[Kim]")
    '\\\\*\\\\*Ada\\\\*\\\\* \\\\:red\\\\[Kim\\\\]'
    """
    return _MARKUP.sub(lambda found: f"\\{found[0]}", _LINK.sub(_JOINER, text))


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
