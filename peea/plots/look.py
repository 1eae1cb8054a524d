"""What all charts share: one template, one configuration, the colours that are not those of grades."""

from __future__ import annotations

from typing import Any, Final

import plotly.graph_objects as go

INK: Final = "#1B2730"
QUIET_INK: Final = "#4A5863"
GRID: Final = "#D5DCE1"
CHOSEN: Final = "#0B3D91"

FONT: Final = "Source Sans, Source Sans Pro, Segoe UI, Helvetica, Arial, sans-serif"
"""The app's own font where it is loaded, else what the machine has; never one from outside."""

TEMPLATE: Final = go.layout.Template(
    layout={
        "font": {"family": FONT, "size": 14, "color": INK},
        "paper_bgcolor": "white",
        "plot_bgcolor": "white",
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "hoverlabel": {"font": {"family": FONT, "size": 14, "color": INK}, "bgcolor": "white", "bordercolor": INK},
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1,
            "yanchor": "bottom",
            "itemclick": False,
            "itemdoubleclick": False,
        },
        "xaxis": {"gridcolor": GRID, "linecolor": QUIET_INK, "zeroline": False, "automargin": True, "fixedrange": True},
        "yaxis": {"gridcolor": GRID, "linecolor": QUIET_INK, "zeroline": False, "automargin": True, "fixedrange": True},
        "modebar": {"color": QUIET_INK, "activecolor": INK, "bgcolor": "rgba(0,0,0,0)"},
        "bargap": 0.0,
        "dragmode": "pan",
    }
)
"""The look of all charts. Ranges are fixed, so that a finger that scrolls the page does not drag a chart."""

CHART_CONFIG: Final = {"displayModeBar": False, "displaylogo": False, "scrollZoom": False, "doubleClick": False}
"""Plotly's configuration for every chart on a page: no tool bar, nothing that a finger sets off by accident."""


def saving_config(file_name: str, form: str) -> dict[str, Any]:
    """Return the configuration of a chart with one button, which saves it as a picture in the browser.

    Nothing is sent anywhere and no program beside the browser is needed.

    Args:
        file_name: of the picture, without its ending.
        form: "png" (three times the size on the screen, for print) or "svg".
    """
    return {
        **CHART_CONFIG,
        "displayModeBar": True,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": form, "filename": file_name, "scale": 3 if form == "png" else 1},
    }
