"""The rows of the charts of agreement, for page and report alike."""

from __future__ import annotations

from peea.agreement import MeanKappa, NoNumber
from peea.language import t
from peea.plots import CoefficientRow
from peea.studies.analysis import WithPeea, interval_of
from peea.studies.result_tables import subgroup_name


def clinician_rows(found: WithPeea) -> list[CoefficientRow]:
    """Return the rows of the chart of clinicians: PEEA's mean first."""
    rows = []
    for row in found.each:
        kappa, others = row.with_reference, row.with_others
        beside = others if isinstance(others, MeanKappa) else None
        beside_interval = (
            None if beside is None or isinstance(beside.bootstrap, NoNumber) else beside.bootstrap.interval
        )
        if kappa is None:
            # PEEA's own row: the mean over the clinicians.
            name = t("Mean of the clinicians")
            value = None if beside is None else beside.value
            people = [each.with_others.value for each in found.each[1:] if isinstance(each.with_others, MeanKappa)]
            mean = sum(people) / len(people) if people else None
            rows.append(CoefficientRow(name, value, beside_interval, mean, strong=True))
        elif isinstance(kappa, NoNumber):
            value = None if beside is None else beside.value
            rows.append(CoefficientRow(row.rater, None, None, value, beside_interval, kappa.sentence))
        else:
            value = None if beside is None else beside.value
            rows.append(CoefficientRow(row.rater, kappa.value, interval_of(kappa), value, beside_interval))
    return rows


def subgroup_rows(found: WithPeea) -> list[CoefficientRow]:
    """Return the rows of the chart of groups: all recordings first, each with the number of its recordings."""
    return [
        CoefficientRow(
            f"{subgroup_name(part)} ({part.recordings})",
            None if isinstance(part.kappa, NoNumber) else part.kappa.value,
            None if isinstance(part.kappa, NoNumber) else interval_of(part.kappa),
            note=part.kappa.sentence if isinstance(part.kappa, NoNumber) else "",
            strong=part.trait is None,
        )
        for part in found.subgroups
    ]
