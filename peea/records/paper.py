"""What all printed sheets share: A4, styles, header and footer, small pieces such as the chip of a grade."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from peea import __version__
from peea.clock import date_text, time_text
from peea.grade_style import style_of
from peea.language import current_language, joined, listed, t
from peea.records.fonts import PLAIN, eastern_font, marked_up, runs, weight_for, width_of
from peea.scales import Grade
from peea.store.names import SEX_NAMES, SIDE_NAMES
from peea.store.patients import Patient

MARGIN: Final = 15 * mm
WIDTH: Final = A4[0] - 2 * MARGIN
"""Width of what is printed, in points."""

INK: Final = colors.HexColor("#1B2730")
QUIET: Final = colors.HexColor("#4A5863")
LINE: Final = colors.HexColor("#9AA7B1")
SHADE: Final = colors.HexColor("#F3F6F8")
MARK: Final = colors.HexColor("#8A6D00")


@dataclass(frozen=True)
class Printing:
    """Who prints a sheet and when (in the ward's zone)."""

    by: str
    at: datetime


def intended_use() -> str:
    """Return what PEEA is for, as it stands on every sheet."""
    return t(
        "PEEA supports trained staff in observing pain from the face. It does not replace the patient's own report or "
        "clinical judgement, and must not decide treatment."
    )


def paragraph(text: str, size: float = 9, *, bold: bool = False, quiet: bool = False, after: float = 0) -> Paragraph:
    """Return a text as a paragraph; markup in it shows as it is written."""
    eastern_font()
    font = weight_for(text, bold)
    style = ParagraphStyle(
        "text",
        fontName=font,
        fontSize=size,
        leading=size * 1.38,
        textColor=QUIET if quiet else INK,
        spaceAfter=after,
        # Between any two Chinese letters a line may break, but not inside a word of another script.
        wordWrap="CJK" if any(name == eastern_font() for name, _ in runs(text, font)) else None,
    )
    return Paragraph(marked_up(text, font), style)


def heading(text: str, room_mm: float = 30) -> list[Flowable]:
    """Return the heading of a part of a sheet, with a new page before it where less than `room_mm` is left."""
    made = paragraph(text, 11, bold=True)
    made.style.spaceBefore, made.style.spaceAfter = 4, 1
    return [CondPageBreak(room_mm * mm), made]


class Chip(Flowable):
    """A grade as everywhere: sign, word and colour together; hatched where it could not be assessed."""

    def __init__(self, grade: Grade | None, size: float = 13) -> None:
        super().__init__()
        self.grade, self.size = grade, size
        self.label = style_of(grade).label
        self.font = weight_for(self.label, bold=True)
        self.width = width_of(self.label, size, self.font) + 1.6 * size
        self.height = 1.8 * size

    def wrap(self, *_: float) -> tuple[float, float]:
        """Return width and height in points."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw it."""
        style, canvas = style_of(self.grade), self.canv
        canvas.saveState()
        path = canvas.beginPath()
        path.roundRect(0, 0, self.width, self.height, 0.5 * self.height)
        canvas.clipPath(path, stroke=0, fill=0)
        canvas.setFillColor(colors.HexColor(style.fill))
        canvas.rect(0, 0, self.width, self.height, stroke=0, fill=1)
        if style.stripe is not None:
            canvas.setStrokeColor(colors.HexColor(style.stripe))
            canvas.setLineWidth(2)
            for start in range(-int(self.height), int(self.width), 7):
                canvas.line(start, 0, start + self.height, self.height)
        canvas.restoreState()
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(0.8)
        canvas.roundRect(0, 0, self.width, self.height, 0.5 * self.height, stroke=1, fill=0)
        canvas.setFillColor(colors.HexColor(style.text))
        draw_text(canvas, 0.8 * self.size, 0.55 * self.size, self.label, self.size, self.font)


def draw_text(canvas: Canvas, x: float, y: float, text: str, size: float, font: str = PLAIN) -> None:
    """Draw a line of text from (x, y) in points, each piece in the font that has its letters."""
    for name, piece in runs(text, font):
        canvas.setFont(name, size)
        canvas.drawString(x, y, piece)
        x += width_of(piece, size, font)


def facts(pairs: Sequence[tuple[str, str]], columns: int = 2) -> Table:
    """Return names and values side by side; pairs without a value are left out."""
    shown = [(name, value) for name, value in pairs if value]
    rows = [shown[start : start + columns] for start in range(0, len(shown), columns)]
    cells: list[list[Any]] = []
    for row in rows:
        line: list[Any] = []
        for name, value in row:
            line += [paragraph(name, 8, quiet=True), paragraph(value, 9)]
        cells.append(line + [None] * (2 * columns - len(line)))
    name_width = 32 * mm
    widths = [name_width, WIDTH / columns - name_width] * columns
    return Table(cells, colWidths=widths, style=_plain(), hAlign="LEFT")


def grid(head: Sequence[str], rows: Sequence[Sequence[str | Flowable]], widths: Sequence[float]) -> Table:
    """Return a table with a head that is repeated on each page; widths in points."""
    cells = [[paragraph(text, 8, quiet=True) for text in head]]
    cells += [[paragraph(cell, 8.5) if isinstance(cell, str) else cell for cell in row] for row in rows]
    look = TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
            ("BACKGROUND", (0, 0), (-1, 0), SHADE),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ]
    )
    return Table(cells, colWidths=list(widths), style=look, repeatRows=1, hAlign="LEFT")


def signature_lines() -> Table:
    """Return the line for name, role, signature and time of the clinician."""
    names = (t("Name and role"), t("Signature"), t("Date and time"))
    look = TableStyle(
        [("LINEABOVE", (column, 1), (column, 1), 0.8, INK) for column in (0, 2, 4)]
        + [("LEFTPADDING", (0, 0), (-1, -1), 0), ("TOPPADDING", (0, 1), (-1, 1), 2)]
    )
    gap = 6 * mm
    wide = (WIDTH - 2 * gap) / 3
    lower: list[Any] = []
    for name in names:
        lower += [paragraph(name, 8, quiet=True), None]
    return Table(
        [[None] * 5, lower[:-1]], colWidths=[wide, gap, wide, gap, wide], rowHeights=[8 * mm, None], style=look
    )


def patient_facts(patient: Patient, on: datetime) -> list[Flowable]:
    """Return whose sheet it is: what care needs to know."""
    fracture = listed([patient.fracture, SIDE_NAMES[patient.fracture_side] if patient.fracture_side else ""])
    place = listed(
        [
            t("ward {ward}", ward=patient.ward) if patient.ward else "",
            t("bed {bed}", bed=patient.bed) if patient.bed else "",
        ]
    )
    born = t("{date}, {n} years", date=date_text(patient.birth_date), n=patient.age(on.date()))
    return [
        paragraph(patient.name, 13, bold=True, after=1),
        facts(
            [
                (t("Study code"), patient.study_code),
                (t("Ward and bed"), place or t("no bed given")),
                (t("Born"), born),
                (t("Sex"), SEX_NAMES[patient.sex]),
                (t("Fracture"), fracture),
                (t("Surgery"), date_text(patient.surgery_date) if patient.surgery_date else ""),
                (t("Cognition"), patient.cognition),
                (t("Communication"), patient.communication),
            ]
        ),
    ]


def printed(title: str, patient: Patient, story: Callable[[], list[Flowable]], printing: Printing) -> bytes:
    """Return a sheet as a PDF file with header and footer on each page.

    Args:
        title: what it is.
        patient: whose it is; the name stands on each page, so that a page that is lost finds home.
        story: makes what is on it; called twice, since what was laid out once cannot be laid out again.
        printing: by whom and when.
    """
    eastern_font()
    # Laid out once before, so that each page can say "page 1 of 2".
    trial = _document(io.BytesIO(), title, patient, printing, 0)
    trial.build(story())
    file = io.BytesIO()
    _document(file, title, patient, printing, trial.page).build(story())
    return file.getvalue()


def _document(file: io.BytesIO, title: str, patient: Patient, printing: Printing, pages: int) -> BaseDocTemplate:
    document = BaseDocTemplate(
        file,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=20 * mm,
        bottomMargin=20 * mm,
        title=f"{title}: {patient.study_code}",
        author=f"PEEA {__version__}",
        lang=current_language().value,
        invariant=1,
    )
    inner = Frame(MARGIN, 20 * mm, WIDTH, A4[1] - 40 * mm, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)

    def around(canvas: Canvas, made: BaseDocTemplate) -> None:
        _header(canvas, title, patient)
        _footer(canvas, printing, made.page, pages)

    document.addPageTemplates([PageTemplate(id="sheet", frames=[inner], onPage=around)])
    return document


def _header(canvas: Canvas, title: str, patient: Patient) -> None:
    top = A4[1] - 13 * mm
    canvas.setFillColor(INK)
    draw_text(canvas, MARGIN, top, title, 14, weight_for(title, bold=True))
    who = f"{patient.name}  {patient.study_code}"
    canvas.setFillColor(QUIET)
    draw_text(canvas, A4[0] - MARGIN - width_of(who, 9), top, who, 9)
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(1)
    canvas.line(MARGIN, top - 5, A4[0] - MARGIN, top - 5)
    if patient.demonstration:
        canvas.setFillColor(MARK)
        note = t("Demonstration: this patient is simulated.")
        draw_text(canvas, MARGIN, top - 16, note, 9, weight_for(note, bold=True))


def _footer(canvas: Canvas, printing: Printing, page: int, pages: int) -> None:
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.5)
    canvas.line(MARGIN, 19 * mm, A4[0] - MARGIN, 19 * mm)
    note = paragraph(intended_use(), 7.5, quiet=True)
    _, height = note.wrap(WIDTH, 15 * mm)
    note.drawOn(canvas, MARGIN, 18 * mm - height)
    canvas.setFillColor(QUIET)
    said = joined(
        [
            t("Printed {time} by {name}.", time=time_text(printing.at), name=printing.by),
            t("PEEA {version}.", version=__version__),
        ]
    )
    draw_text(canvas, MARGIN, 7 * mm, said, 7.5)
    number = t("Page {page} of {pages}", page=page, pages=pages)
    draw_text(canvas, A4[0] - MARGIN - width_of(number, 7.5), 7 * mm, number, 7.5)


def _plain() -> TableStyle:
    return TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
            ("TOPPADDING", (0, 0), (-1, -1), 0.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 0.5),
        ]
    )


def gap(height_mm: float) -> Spacer:
    """Return empty space."""
    return Spacer(1, height_mm * mm)
