"""A block of figures as tables in the terminal."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from rich.console import Console
from rich.table import Table

_COLUMNS: Final = {"usable_faces": "Usable faces", "consistent_faces": "Raters agree", "all_faces": "All found faces"}
_ROWS: Final = {
    "images": "Images",
    "patients": "Patients",
    "accuracy": "Right grade",
    "accuracy_interval": "95 % interval",
    "mean_by_grade": "Mean over the classes",
    "four_grade_accuracy": "Right of the grades 1-4",
    "macro_f1": "Macro F1",
    "quadratic_kappa": "Quadratic kappa",
    "mean_absolute_error": "Mean absolute error, grades",
    "off_by_two_or_more": "Two grades off or more",
    "ece": "Calibration error (ECE)",
    "pspi_mean_absolute_error": "PSPI mean absolute error",
    "pspi_icc": "PSPI ICC(A,1)",
}


def print_figures(result: dict[str, Any], console: Console) -> None:
    """Print a block of figures, see `peea.training.judging.judged`."""
    table = Table("Figure", *(title for key, title in _COLUMNS.items() if key in result), title="On rated images")
    for name, title in _ROWS.items():
        cells = [_cell(result[key].get(name)) for key in _COLUMNS if key in result]
        table.add_row(title, *cells)
    for label in result["usable_faces"]["accuracy_by_grade"]:
        cells = [_cell(result[key]["accuracy_by_grade"][label]) for key in _COLUMNS if key in result]
        table.add_row(f"Right of the true {label} ({result['scale']})", *cells)
    console.print(table)
    correlation = result["usable_faces"].get("action_correlation", {})
    console.print(
        "Correlation with truth: ", ", ".join(f"{name} {_cell(value)}" for name, value in correlation.items())
    )
    if result["over_graded"]:
        over = result["over_graded"]
        console.print(
            f"Faces that imitate pain, graded obvious or worse: {_cell(over['share'])} of {over['images']}; "
            + ", ".join(
                f"{name} {_cell(each['share'])} of {each['images']}" for name, each in over["by_confounder"].items()
            )
        )
    groups = Table(
        "Group", "", "Images", "Right", "95 % interval", "Mean error, grades", title="By subgroup, usable faces"
    )
    for row in result["subgroups"]:
        interval = " to ".join(f"{limit:.3f}" for limit in row["accuracy_interval"])
        figures_of_group = (str(row["images"]), _cell(row["accuracy"]), interval, f"{row['mean_error']:+.3f}")
        groups.add_row(row["group"], row["value"], *figures_of_group)
    console.print(groups)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, tuple | list):
        return " to ".join(_cell(each) for each in value)
    return f"{value:.3f}" if isinstance(value, float | np.floating) else str(value)
