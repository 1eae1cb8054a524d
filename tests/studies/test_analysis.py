"""All results of a table together: they hang together, do not depend on order, and say why where there is no number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peea.agreement import IccForm, Kappa, MeanKappa, NoNumber, Ratings, Resampling, Weighting
from peea.scales import Grade
from peea.studies import RatingScale
from peea.studies.analysis import Options, analyse, detection_at, form_of
from peea.studies.chart_rows import clinician_rows, subgroup_rows
from peea.studies.rated_table import PEEA, Trait, table_of_ratings, table_of_study
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
from peea.studies.words import answer, few_recordings, icc_sentence, remarks
from tests.studies.made_up_study import made_up_study

QUICK = Options(resampling=Resampling(resamples=20))


def grades(rows, raters=("Lin", "Wu", PEEA), patients=None, **named):
    return table_of_ratings(
        Ratings.of(rows, raters=raters, patients=patients),
        RatingScale.GRADE,
        peea=PEEA if PEEA in raters else None,
        **named,
    )


def every_text(analysis):
    """Everything that page and report say about a table."""
    frames = [participants_table(analysis.table), raters_table(analysis.table), among_table(analysis)]
    frames += [icc_table(analysis.icc_clinicians), bland_altman_table(analysis)]
    found = analysis.with_peea
    if not isinstance(found, NoNumber):
        frames += [cross_table_frame(found.cross), icc_table(found.icc), icc_table(found.icc_all), kappa_table(found)]
        frames += [each_table(found), detection_table(found), subgroup_table(found)]
        clinician_rows(found)
        subgroup_rows(found)
    said = [answer(analysis), *remarks(analysis), icc_sentence(analysis), few_recordings(analysis)]
    return "\n".join([*said, *(frame.to_string() for frame in frames)])


def test_the_answer_counts_the_recordings_that_both_graded_alike():
    rows = [[0, 0, 0], [1, 1, 1], [2, 2, 3], [3, 3, 3], [4, 4, 2], [1, 2, 2]]
    analysis = analyse(grades(rows), QUICK)
    assert answer(analysis).startswith("PEEA gave the same grade as the clinicians together in 4 of 6 recordings (67 %")
    assert "In 1 recording PEEA was two grades or more away." in remarks(analysis)
    found = analysis.with_peea
    assert found.cross.counts[2] == (0, 0, 1, 1, 0), "of 1 and 2 the higher counts"
    assert found.cross.total == 6
    assert detection_at(found, Grade.SEVERE).sensitivity.count == 1
    assert detection_at(found, Grade.SEVERE).sensitivity.of == 2


def test_clinicians_among_themselves_use_recordings_that_peea_did_not_see():
    analysis = analyse(table_of_study(made_up_study()), QUICK)
    assert analysis.with_peea.recordings == 10
    assert analysis.icc_clinicians[0].recordings == 12
    assert "PEEA graded 10 of the 12 recordings" in few_recordings(analysis)


def test_subgroups_divide_the_recordings():
    found = analyse(table_of_study(made_up_study()), QUICK).with_peea
    by_trait = {}
    for part in found.subgroups:
        by_trait.setdefault(part.trait, []).append(part.recordings)
    assert by_trait[None] == [10]
    assert {trait: sum(counts) for trait, counts in by_trait.items() if trait is not None} == dict.fromkeys(Trait, 10)


@settings(max_examples=25, deadline=None)
@given(
    values=st.lists(st.tuples(*[st.integers(0, 4)] * 4), min_size=4, max_size=14),
    order=st.permutations(range(3)),
)
def test_the_order_of_clinicians_changes_nothing_about_peea(values, order):
    names = ("Lin", "Wu", "Zhao", PEEA)
    rows = np.array(values, dtype=float)
    swapped = rows[:, [*order, 3]]
    first = analyse(grades(rows, names), QUICK).with_peea
    second = analyse(grades(swapped, tuple(names[place] for place in [*order, 3])), QUICK).with_peea
    assert first.cross.counts == second.cross.counts
    assert first.equal == second.equal
    for (_, one), (_, other) in zip(first.kappas, second.kappas, strict=True):
        if isinstance(one, Kappa):
            assert other.value == pytest.approx(one.value)
        else:
            assert other == one
    by_name = {row.rater: row.with_others for row in second.each}
    for row in first.each:
        if isinstance(row.with_others, MeanKappa):
            assert by_name[row.rater].value == pytest.approx(row.with_others.value)


@settings(max_examples=40, deadline=None)
@given(
    values=st.lists(st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=3, max_size=3), min_size=1, max_size=8),
    patients=st.integers(1, 8),
)
def test_whatever_the_ratings_every_table_can_be_shown(values, patients):
    table = grades(values, patients=[f"P{number % patients}" for number in range(len(values))])
    said = every_text(analyse(table, QUICK))
    assert "nan" not in said.replace("Name", "")
    assert "inf" not in said.lower()


@pytest.mark.parametrize(
    ("rows", "raters", "sentence"),
    [
        ([[1, 1, 1]] * 4, ("Lin", "Wu", PEEA), "gave all 4 recordings the rating 1"),
        ([[1, 2, 1], [2, 2, 3]], ("Lin", "Wu", PEEA), "ratings of 2 patients; agreement needs 3 or more"),
        ([[1, 2], [2, 2], [3, 1]], ("Lin", "Wu"), "PEEA is not among the raters"),
        ([[1], [2], [3]], (PEEA,), "no clinician to compare PEEA with"),
        ([[1, None], [None, 2], [3, None]], ("Lin", PEEA), "No recording was both graded by PEEA and rated"),
        ([[1, 1], [2, 2], [3, 3]], ("Lin", PEEA), "There is no other clinician"),
    ],
)
def test_degenerate_ratings_say_why_there_is_no_number(rows, raters, sentence):
    assert sentence in every_text(analyse(grades(rows, raters), QUICK))


def test_scores_are_compared_where_asked():
    study = table_of_study(made_up_study())
    on_scores = analyse(study, Options(on_grades=False, resampling=QUICK.resampling))
    assert on_scores.scale is RatingScale.VAS
    on_grades = analyse(study, QUICK)
    assert on_scores.with_peea.bland_altman.standard_deviation > on_grades.with_peea.bland_altman.standard_deviation


def test_quadratic_kappa_is_the_icc_of_consistency_where_both_have_the_same_grades():
    # Fleiss & Cohen (1973): equal means and variances, up to the divisor n against n - 1.
    base = [0, 1, 2, 3, 4] * 40
    rows = [[one, other] for one, other in zip(base, base[1:] + base[:1], strict=True)]
    found = analyse(grades(rows, ("Lin", PEEA)), QUICK).with_peea
    quadratic = dict(found.kappas)[Weighting.QUADRATIC]
    single = form_of(found.icc, IccForm.TWO_WAY_RANDOM_SINGLE)
    assert quadratic.value == pytest.approx(single.value, abs=0.01)


def test_progress_rises_to_the_end():
    told = []
    analyse(table_of_study(made_up_study()), QUICK, told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
