"""The tables hold the same numbers as the charts."""

import pandas as pd
import pytest

from peea.faces import Problem
from peea.scales import Grade
from peea.tables import episode_table, frame_table, grade_table
from tests.factories import made_up_assessment


def test_seconds_and_shares_of_each_grade():
    table = grade_table(made_up_assessment()).set_index("Grade")
    assert table.loc["3 Severe", "Held stable (s)"] == 6.0
    assert table["Share of the recording (%)"].sum() == pytest.approx(100 * 19 / 21, abs=2)


def test_stable_episodes_in_order_of_time():
    table = episode_table(made_up_assessment())
    assert list(table["Grade"]) == ["0 No pain expression", "2 Obvious", "3 Severe", "4 Intense", "1 Mild"]
    assert ((table["To (s)"] - table["From (s)"] - table["Held (s)"]).abs() < 1e-9).all()


def test_every_frame_with_its_grade_or_the_reason_why_not():
    assessment = made_up_assessment([(Grade.SEVERE, 1.0), (Problem.COVERED, 1.0)])
    table = frame_table(assessment)
    assert len(table) == len(assessment.frames)
    assert table.iloc[0]["Grade"] == "3 Severe"
    assert table.iloc[0]["PSPI"] == pytest.approx(3.5 + 3.0 + 2.4 + 1)
    assert table.iloc[-1]["Why no grade"] == "Face covered"
    assert pd.isna(table.iloc[-1]["PSPI"])


def test_without_actions_the_columns_stay_empty():
    table = frame_table(made_up_assessment(with_actions=False))
    assert table["AU4"].isna().all()
    assert table["PSPI"].isna().all()
