"""How fast each released model is on this machine, measured when asked for."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.parts.model_graders import grader_named
from pages.parts.model_tables import paragraph, table_with_csv
from peea.language import t
from peea.model_cards import model_names

_MEASURED = "model_speeds"


def show_speed() -> None:
    """Offer to measure, and show what was measured in this visit."""
    st.header(t("Speed on this machine"), anchor=False)
    paragraph(t("Milliseconds a face, for the network alone. A camera gives a new picture every 40 ms."))
    if st.button(t("Measure the speed of every model"), type="primary", width="stretch"):
        _measure()
    speeds = st.session_state.get(_MEASURED)
    if not speeds:
        return
    table_with_csv(
        pd.DataFrame(
            {
                t("Model"): [each.model for each in speeds],
                t("One face alone (ms)"): [f"{each.one_ms:.1f}" for each in speeds],
                t("A face of a recording (ms)"): [f"{each.many_ms:.1f}" for each in speeds],
                t("Run by"): [each.runs_on for each in speeds],
            }
        ),
        "speed",
    )
    st.caption(t("Medians, measured just now, with whatever else this machine was doing."))


def _measure() -> None:
    from peea.model_results.speed import measure_speed

    names = model_names()
    # Pressing it runs the page anew, which ends the measuring at its next step.
    with st.empty().container():
        st.button(t("Cancel"), key="cancel_speed", width="stretch")
        bar = st.progress(0.0, t("Measuring the speed, about {n} s", n=6 * len(names)))
        speeds = []
        for place, name in enumerate(names):

            def tell(share: float, place: int = place, name: str = name) -> None:
                bar.progress(
                    min(1.0, (place + share) / len(names)),
                    t("Measuring {model}, {n} of {total}", model=name, n=place + 1, total=len(names)),
                )

            tell(0.0)
            speeds.append(measure_speed(grader_named(name), tell))
    st.session_state[_MEASURED] = speeds
    st.rerun()
