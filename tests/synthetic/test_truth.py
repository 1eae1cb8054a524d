import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peea.scales import DEFAULT_VAS_MAPPING, Grade, grade_of_vas, six_level_of_vas
from peea.synthetic.expression import Expression
from peea.synthetic.expressions import Confounder
from peea.synthetic.truth import age_band, face_luma, pain_truth, tone_group

intensity = st.floats(0, 5)


@given(intensity, intensity, intensity, intensity, intensity, st.floats(0, 1))
def test_grade_vas_and_level_follow_from_the_actions_alone(au4, au6, au7, au9, au10, au43):
    expression = Expression.symmetric(AU4=au4, AU6=au6, AU7=au7, AU9=au9, AU10=au10, AU43=au43)
    truth = pain_truth(expression, None)
    expected = au4 + max(au6, au7) + max(au9, au10) + (au43 >= 0.5)
    assert truth.pspi == pytest.approx(expected)
    assert truth.grade is truth.grade_pspi is grade_of_vas(DEFAULT_VAS_MAPPING.vas(truth.pspi))
    assert truth.six_level == six_level_of_vas(truth.vas)


def test_a_confounder_keeps_its_pspi_but_is_no_pain():
    truth = pain_truth(Expression.symmetric(AU6=5.0, AU12=5.0), Confounder.SMILE)
    assert (truth.pspi, truth.grade_pspi) == (5.0, Grade.OBVIOUS)
    assert (truth.grade, truth.vas, truth.six_level) == (Grade.NO_PAIN, 0.0, 0)


def test_the_stronger_side_is_coded_and_eyes_closed_needs_both():
    truth = pain_truth(Expression(left={"AU4": 3.0, "AU43": 1.0}, right={"AU4": 1.0, "AU43": 0.0}), None)
    assert truth.actions["AU4"] == 3.0
    assert truth.pspi == 3.0


def test_bands():
    assert [age_band(years) for years in (50.0, 64.9, 65.0, 94.9)] == ["50-64", "50-64", "65-74", "85-95"]
    assert [tone_group(tone) for tone in (1, 4, 10)] == ["light", "medium", "dark"]
    with pytest.raises(ValueError, match="no age band"):
        age_band(30)
    with pytest.raises(ValueError, match="Monk"):
        tone_group(11)


def test_the_luma_of_a_face_is_measured_inside_its_landmarks():
    image = np.zeros((40, 40, 3), np.uint8)
    image[10:30, 10:30] = 200
    corners = np.array([[12, 12], [28, 12], [28, 28], [12, 28]], np.float32)
    assert face_luma(image, corners) == 200
    assert face_luma(image, corners + 100) == 0
