"""Where in the face of one moment the model saw the grade that it gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from pages.parts.chips import escape
from pages.parts.model_graders import heat_maps_of
from pages.parts.saying import say
from pages.parts.visit import shared_settings
from peea.assessment import Assessment, FrameRecord
from peea.assessment.wording import percent_text
from peea.grade_style import style_of
from peea.language import t
from peea.model_cards import GraderError
from peea.moments import grade_of_frame
from peea.scales import Grade

if TYPE_CHECKING:
    from peea.heat_map import HeatMap


def show_heat_map(assessment: Assessment, frame: FrameRecord, image: np.ndarray) -> None:
    """Show the face of a graded moment with what spoke for its grade laid over it, and say what it means.

    Args:
        assessment: that the moment belongs to; its model is explained, if it is still installed.
        frame: the moment, graded.
        image: (height, width, 3) uint8 RGB, its picture.
    """
    # Its libraries take seconds to load; pages that show no moment open without them.
    from peea.heat_map import crop_of_frame

    try:
        maps = heat_maps_of(assessment.model.name)
    except GraderError as error:
        say(str(error))
        return
    if maps.weights_sha256 != assessment.model.weights_sha256:
        say(
            t(
                "The model {name} has changed since; what this one looked at cannot be shown.",
                name=assessment.model.name,
            )
        )
        return
    graded, crop = grade_of_frame(frame), crop_of_frame(image, frame, shared_settings().faces)
    if graded is None or crop is None:
        return
    heat = maps.of_face(crop, graded.grade)
    st.subheader(t("Where the model saw this grade"), anchor=False)
    picture, words = st.columns([1, 2], vertical_alignment="center")
    picture.image(heat.picture(), width="stretch")
    with words:
        _words(heat)


def _words(heat: HeatMap) -> None:
    from peea.heat_map import REGION_NAMES

    regions = list(heat.by_region.items())
    if not regions:
        st.caption(t("Nothing in this face speaks for the grade; the model gave it for want of anything better."))
        return
    word = style_of(heat.grade).word.lower()
    if heat.grade in (Grade.NO_PAIN, Grade.INTENSE):
        said = t("Light colours: what spoke for {grade}.", grade=word)
    else:
        said = t("Light colours: what spoke for {grade} or more.", grade=word)
    (first, share), (second, other) = regions[:2]
    where = t(
        "Mostly {first} ({share}), then {second} ({other}).",
        first=REGION_NAMES[first],
        share=percent_text(share),
        second=REGION_NAMES[second],
        other=percent_text(other),
    )
    meaning = t("It shows what the model used, not how much pain there is.")
    st.html(
        f'<p class="peea-row">{escape(where)}<br>{escape(said)}<br><span class="quiet">{escape(meaning)}</span></p>'
    )
