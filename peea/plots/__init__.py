"""Every Plotly figure, in one look. Values in, figures out; no layout of pages, no Streamlit.

The template and the colours of grades are the same on all charts (`look`); a grade is never told by colour alone: sign
and word stand on the bands, in the legend and in the hover text. One module a kind of chart.
"""

from peea.plots.actions import action_figure, intensity_words
from peea.plots.look import CHART_CONFIG, TEMPLATE
from peea.plots.timeline import TIMELINE_TRACE, thinned, timeline_figure
from peea.plots.trend import TrendPoint, trend_figure

__all__ = [
    "CHART_CONFIG",
    "TEMPLATE",
    "TIMELINE_TRACE",
    "TrendPoint",
    "action_figure",
    "intensity_words",
    "thinned",
    "timeline_figure",
    "trend_figure",
]
