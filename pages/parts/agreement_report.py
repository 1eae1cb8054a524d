"""The report of the agreement page: what people must write, the PDF, and help with planning a study."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import streamlit as st

from pages.parts.agreement_results import read_it
from pages.parts.agreement_source import Source
from pages.parts.saying import say_beside
from pages.parts.visit import actor
from peea.agreement import recordings_for_icc, recordings_for_kappa, width_for_icc, width_for_kappa
from peea.clock import on_ward
from peea.language import t
from peea.records.paper import Printing
from peea.studies.analysis import Analysis
from peea.studies.grras import REQUESTS, grras_items
from peea.studies.rated_table import Trait
from peea.studies.report_pdf import agreement_report
from peea.studies.words import number

LONGEST_STATEMENT = 4000


def show_report(analysis: Analysis, source: Source, chosen: Mapping[Trait, tuple[str, ...]]) -> None:
    """Ask for what only people know, and offer the report as PDF."""
    st.header(t("Report for publication or the board"), anchor=False)
    read_it(
        t(
            "A PDF with all tables and figures, laid out by the 15 items of GRRAS, the guideline for reporting "
            "agreement. What you do not write here is marked in it as to be filled in."
        )
    )
    written = {number: st.session_state.get(_key(source, number), "") for number in REQUESTS}
    items = grras_items(analysis, source.study, chosen)
    asked = [item for item in items if item.to_fill]
    with st.expander(t("Write the missing statements ({count})", count=len(asked))):
        for item in asked:
            st.text_area(
                f"{item.number}. {item.request}",
                key=_key(source, item.number),
                placeholder=" ".join(item.to_fill),
                max_chars=LONGEST_STATEMENT,
            )
    open_items = [item.number for item in asked if not written[item.number].strip()]
    if open_items:
        st.caption(t("Still to be filled in: items {numbers}.", numbers=", ".join(map(str, open_items))))

    def made() -> bytes:
        printing = Printing(t(actor().name), on_ward(datetime.now(UTC)))
        sha256 = "" if source.saved is None or not source.saved.frozen else source.saved.sha256
        return agreement_report(analysis, source.study, printing, sha256=sha256, chosen=chosen, written=written)

    st.download_button(
        t("Report as PDF"),
        made,
        "peea-agreement-report.pdf",
        "application/pdf",
        type="primary",
        width="stretch",
        on_click="ignore",
        key="agreement_report",
    )


def _key(source: Source, item: int) -> str:
    return f"grras_{source.key}_{item}"


def show_planning(analysis: Analysis) -> None:
    """Help to plan a study: how many recordings a narrow enough interval needs."""
    st.header(t("Plan a study of your own"), anchor=False)
    read_it(
        t(
            "How many recordings are needed, so that the interval around the result is narrow enough to mean "
            "something? Plan with recordings of different patients."
        )
    )
    left, middle, right = st.columns(3)
    expected = left.number_input(t("Agreement you expect, 0 to 1"), 0.0, 0.99, 0.7, 0.05, key="plan_expected")
    width = middle.number_input(t("Width of the 95 % interval"), 0.02, 1.0, 0.2, 0.02, key="plan_width")
    usual = max(2, len(analysis.table.clinicians))
    raters = int(right.number_input(t("Clinicians"), 2, 100, usual, 1, key="plan_raters"))
    shares = _shares(analysis)
    recordings = int(
        left.number_input(t("Or: recordings that you can make"), 3, 10_000, 100, 10, key="plan_recordings")
    )
    try:
        lines = [
            t("For an ICC of one rater: {n} recordings.", n=recordings_for_icc(expected, raters, width)),
            t(
                "For a kappa of two raters, grades as frequent as here: {n} recordings.",
                n=recordings_for_kappa(expected, shares, width),
            ),
            t(
                "With {recordings} recordings the interval of the ICC is {icc} wide, that of kappa {kappa}.",
                recordings=recordings,
                icc=number(width_for_icc(expected, raters, recordings)),
                kappa=number(width_for_kappa(expected, shares, recordings)),
            ),
        ]
    except ValueError as error:
        say_beside(str(error))
        return
    st.markdown("\n".join(f"- {line}" for line in lines))


def _shares(analysis: Analysis) -> list[float]:
    """Return how frequent each grade is in these ratings; evenly where only one was given."""
    values = analysis.table.by_clinicians.grades.values
    counts = [int((values == grade).sum()) for grade in range(5)]
    if sum(count > 0 for count in counts) < 2:
        return [0.2] * 5
    return [count / sum(counts) for count in counts]
