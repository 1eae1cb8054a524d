"""Released models, loaded once for all visits: to grade, and to explain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.parts.visit import settle_memory, shared_grader
from peea.model_cards import DEFAULT_MODEL

if TYPE_CHECKING:
    from peea.graders import Grader
    from peea.heat_map import HeatMaps

MOST_KEPT = 4
"""Models beside the default one that stay loaded; each takes some 100 MB."""


def grader_named(name: str) -> Grader:
    """Return a released model; the one that grades everywhere is not loaded twice."""
    return shared_grader() if name == DEFAULT_MODEL else _other_grader(name)


@st.cache_resource(show_spinner="Loading the model", max_entries=MOST_KEPT)
def _other_grader(name: str) -> Grader:
    from peea.graders import load_grader

    grader = load_grader(name)
    settle_memory()
    return grader


@st.cache_resource(show_spinner="Loading the model", max_entries=2)
def heat_maps_of(name: str) -> HeatMaps:
    """Return what explains a released model."""
    from peea.heat_map import HeatMaps

    return HeatMaps.of_model(name)
