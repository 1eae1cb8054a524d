"""The report of a study of agreement as PDF, laid out by the 15 items of GRRAS."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, KeepTogether, PageTemplate, Table, TableStyle

from peea import __version__
from peea.agreement import NoNumber
from peea.clock import time_text
from peea.language import current_language, joined, t
from peea.records.fonts import eastern_font, weight_for, width_of
from peea.records.paper import INK, LINE, MARGIN, MARK, QUIET, WIDTH, Printing, draw_text, gap, grid, heading, paragraph
from peea.studies.analysis import Analysis, WithPeea
from peea.studies.chart_rows import clinician_rows, subgroup_rows
from peea.studies.drawings import bland_altman_drawing, coefficient_drawing
from peea.studies.grras import GrrasItem, grras_items
from peea.studies.rated_table import Trait
from peea.studies.result_tables import (
    among_table,
    bland_altman_table,
    cross_table_frame,
    detection_table,
    each_table,
    icc_table,
    kappa_table,
    participants_table,
    raters_table,
    subgroup_table,
)
from peea.studies.values import Study
from peea.studies.words import SHORT_WEIGHT_NAMES, answer, unit_name

TO_FILL = colors.HexColor("#FFF3D6")


def agreement_report(
    analysis: Analysis,
    study: Study | None,
    printing: Printing,
    *,
    sha256: str = "",
    chosen: Mapping[Trait, Sequence[str]] | None = None,
    written: Mapping[int, str] | None = None,
) -> bytes:
    """Return the report as a PDF file.

    Args:
        analysis: the results.
        study: that they are of; None for an uploaded table.
        printing: by whom and when.
        sha256: of the frozen study; "" if it is not frozen.
        chosen: filters that were set.
        written: what people wrote to the items of GRRAS.
    """
    eastern_font()
    items = grras_items(analysis, study, chosen, written)
    name = t("An uploaded table of ratings") if study is None else t(study.name)
    simulated = study is not None and study.simulated
    # Laid out once before, so that each page can say "page 1 of 6".
    trial = _document(io.BytesIO(), name, simulated, printing, 0, sha256)
    trial.build(_story(analysis, study, items))
    file = io.BytesIO()
    _document(file, name, simulated, printing, trial.page, sha256).build(_story(analysis, study, items))
    return file.getvalue()


def _story(analysis: Analysis, study: Study | None, items: Sequence[GrrasItem]) -> list[Flowable]:
    story: list[Flowable] = [
        paragraph(answer(analysis), 12, bold=True, after=4),
        paragraph(
            t(
                "Laid out by the 15 items of GRRAS (Kottner and others, 2011). What the study knows is written; what "
                "people must still write stands in a marked box."
            ),
            8.5,
            quiet=True,
            after=4,
        ),
    ]
    section = ""
    for item in items:
        if item.section != section:
            section = item.section
            story += heading(section)
        story.append(KeepTogether(_item(item)))
        if item.number == 12:
            story += _people(analysis, study)
        elif item.number == 13:
            story += _results(analysis)
        elif item.number == 15:
            story += _details(analysis)
    return story


def _item(item: GrrasItem) -> list[Flowable]:
    made: list[Flowable] = [paragraph(f"{item.number}. {item.request}", 8.5, quiet=True)]
    made += [paragraph(sentence, 9.5, after=1.5) for sentence in item.said]
    if item.written:
        made.append(paragraph(item.written, 9.5, after=1.5))
    made += [_box(t("To be filled in: {question}", question=question)) for question in item.to_fill]
    return [*made, gap(2)]


def _box(text: str) -> Table:
    look = TableStyle(
        [
            ("BOX", (0, 0), (-1, -1), 0.8, MARK),
            ("BACKGROUND", (0, 0), (-1, -1), TO_FILL),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 14),
        ]
    )
    return Table([[paragraph(text, 9)]], colWidths=[WIDTH], style=look, hAlign="LEFT")


def _people(analysis: Analysis, study: Study | None) -> list[Flowable]:
    about = {}
    if study is not None:
        about = {
            each.name: (t(each.role) if each.role else "", "" if each.years is None else f"{each.years:g}")
            for each in study.raters
        }
    raters = raters_table(analysis.table, about)
    return [
        *_titled(t("Who was rated"), participants_table(analysis.table), [4, 5, 3, 3]),
        *_titled(t("Who rated"), raters, [4] + [3] * (len(raters.columns) - 1)),
    ]


def _results(analysis: Analysis) -> list[Flowable]:
    found = analysis.with_peea
    story: list[Flowable] = []
    if not isinstance(found, NoNumber):
        story += _titled(t("Grade by grade"), cross_table_frame(found.cross), [3, 2.4, 2, 2, 2, 2, 1.2])
        story += _titled(t("ICC of PEEA and the clinicians together"), icc_table(found.icc), ICC_WIDTHS)
        story += _titled(t("ICC of PEEA and each clinician"), icc_table(found.icc_all), ICC_WIDTHS)
        story += _titled(
            t("Kappa of PEEA and the clinicians together"), kappa_table(found), [3, 1.4, 2, 2, 2, 2.4, 2, 2]
        )
        story += _clinicians_chart(analysis, found)
        story += _titled(t("Differences (Bland-Altman)"), bland_altman_table(analysis), [4, 2, 3, 3])
        if not isinstance(found.bland_altman, NoNumber):
            story.append(bland_altman_drawing(found.bland_altman, WIDTH, unit_name(analysis)))
        story += _titled(t("Does PEEA miss severe pain?"), detection_table(found), [3, 3, 2, 3, 2])
    story += _titled(t("ICC of the clinicians among themselves"), icc_table(analysis.icc_clinicians), ICC_WIDTHS)
    story += _titled(t("Clinicians among themselves"), among_table(analysis), [4, 1.5, 3, 2, 2.5, 2])
    return story


ICC_WIDTHS: Final = (1.7, 4.1, 1.6, 2.3, 2.2, 2.3, 2.6, 1.7, 2.1)
"""Shares of the width that the columns of the widest table get."""


def _clinicians_chart(analysis: Analysis, found: WithPeea) -> list[Flowable]:
    title = t("Kappa, {weights}", weights=SHORT_WEIGHT_NAMES[analysis.options.weights])
    drawing = coefficient_drawing(clinician_rows(found), WIDTH, title, t("With PEEA"), t("With the other clinicians"))
    return [KeepTogether([*heading(t("Each clinician against PEEA")), drawing])]


def _details(analysis: Analysis) -> list[Flowable]:
    found = analysis.with_peea
    if isinstance(found, NoNumber):
        return []
    title = t("Kappa, {weights}", weights=SHORT_WEIGHT_NAMES[analysis.options.weights])
    story = _titled(t("Each clinician against PEEA"), each_table(found), [3, 1.6, 2.6, 2, 2.6, 2.4, 2.4])
    if len(found.subgroups) > 1:
        drawing = coefficient_drawing(subgroup_rows(found), WIDTH, title, t("With PEEA"))
        story += [KeepTogether([*heading(t("Is it as good for everybody?")), drawing])]
        story += _titled("", subgroup_table(found), [5, 1.6, 1.8, 2.4, 1.2, 2.8, 1.4, 2.8])
    return story


def _titled(title: str, table: pd.DataFrame, shares: Sequence[float]) -> list[Flowable]:
    whole = sum(shares)
    rows = [[str(cell) for cell in row] for row in table.itertuples(index=False)]
    made = grid([str(column) for column in table.columns], rows, [WIDTH * share / whole for share in shares])
    return [*(heading(title) if title else [gap(2)]), made, gap(3)]


def _document(
    file: io.BytesIO, name: str, simulated: bool, printing: Printing, pages: int, sha256: str
) -> BaseDocTemplate:
    document = BaseDocTemplate(
        file,
        pagesize=A4,
        title=t("Agreement of PEEA with clinicians"),
        subject=name,
        author=f"PEEA {__version__}",
        lang=current_language().value,
        invariant=1,
    )
    inner = Frame(MARGIN, 17 * mm, WIDTH, A4[1] - 40 * mm, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)

    def around(canvas: Canvas, made: BaseDocTemplate) -> None:
        _header(canvas, name, simulated)
        _footer(canvas, printing, made.page, pages, sha256)

    document.addPageTemplates([PageTemplate(id="report", frames=[inner], onPage=around)])
    return document


def _header(canvas: Canvas, name: str, simulated: bool) -> None:
    top = A4[1] - 13 * mm
    title = t("Agreement of PEEA with clinicians")
    canvas.setFillColor(INK)
    draw_text(canvas, MARGIN, top, title, 14, weight_for(title, bold=True))
    canvas.setStrokeColor(INK)
    canvas.line(MARGIN, top - 5, A4[0] - MARGIN, top - 5)
    canvas.setFillColor(QUIET)
    draw_text(canvas, MARGIN, top - 15, name, 8.5)
    if simulated:
        note = t("Simulated patients and clinicians")
        font = weight_for(note, bold=True)
        canvas.setFillColor(MARK)
        draw_text(canvas, A4[0] - MARGIN - width_of(note, 9, font), top, note, 9, font)


def _footer(canvas: Canvas, printing: Printing, page: int, pages: int, sha256: str) -> None:
    canvas.setStrokeColor(LINE)
    canvas.line(MARGIN, 13 * mm, A4[0] - MARGIN, 13 * mm)
    canvas.setFillColor(QUIET)
    frozen = t("Frozen study, SHA-256 {sha256}.", sha256=sha256[:16]) if sha256 else t("The study is not frozen.")
    said = joined([t("Printed {time} by {name}.", time=time_text(printing.at), name=printing.by), frozen])
    draw_text(canvas, MARGIN, 9 * mm, said, 7.5)
    number = t("Page {page} of {pages}", page=page, pages=pages)
    draw_text(canvas, A4[0] - MARGIN - width_of(number, 7.5), 9 * mm, number, 7.5)
