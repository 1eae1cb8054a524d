"""Every Plotly figure, in one look. Values in, figures out; no layout of pages, no Streamlit.

The template and the colours of grades are the same on all charts (`look`); a grade is never told by colour alone: sign
and word stand on the bands, in the legend and in the hover text. One module a kind of chart.
"""

from peea.plots.actions import action_figure, intensity_words
from peea.plots.agreement import CoefficientRow, bland_altman_figure, coefficient_figure, cross_table_figure
from peea.plots.look import CHART_CONFIG, TEMPLATE, saving_config
from peea.plots.right_grades import (
    GroupBar,
    LabelAccuracy,
    accuracy_by_label_figure,
    confusion_figure,
    group_figure,
    label_names,
    reliability_figure,
)
from peea.plots.side_by_side import two_timelines_figure
from peea.plots.timeline import TIMELINE_TRACE, thinned, timeline_figure
from peea.plots.trainings import course_figure, learning_figure, loss_figure, optimizer_figure, search_figure
from peea.plots.trend import DoseMark, TrendPoint, trend_figure

__all__ = [
    "CHART_CONFIG",
    "TEMPLATE",
    "TIMELINE_TRACE",
    "CoefficientRow",
    "DoseMark",
    "GroupBar",
    "LabelAccuracy",
    "TrendPoint",
    "accuracy_by_label_figure",
    "action_figure",
    "bland_altman_figure",
    "coefficient_figure",
    "confusion_figure",
    "course_figure",
    "cross_table_figure",
    "group_figure",
    "intensity_words",
    "label_names",
    "learning_figure",
    "loss_figure",
    "optimizer_figure",
    "reliability_figure",
    "saving_config",
    "search_figure",
    "thinned",
    "timeline_figure",
    "trend_figure",
    "two_timelines_figure",
]
