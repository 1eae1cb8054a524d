import numpy as np
import pytest

from peea.synthetic.courses import BLINK_S, Absence, Course, Envelope, HandPass, HeadTurn, NoPain, Pain, Visitor
from peea.synthetic.expression import MOVED_ACTIONS
from peea.synthetic.expressions import Confounder
from peea.synthetic.scripts import DEMONSTRATION_SCRIPTS

TIMES = np.arange(0, 22, 0.05)


def pspi_over_time(course: Course) -> np.ndarray:
    return np.array([course.at(t).expression.pspi for t in TIMES])


def test_pain_rises_fast_holds_and_falls_slowly():
    course = Course(22.0, (Pain(9.0, 5.0, onset_s=0.5, apex_s=4.0, offset_s=2.0),), seed=4, blinks=False)
    pspi = pspi_over_time(course)
    assert pspi[TIMES < 5.0].max() == 0
    held = pspi[(TIMES > 5.8) & (TIMES < 9.4)]
    assert np.all(np.abs(held - 9.0) < 1.3)
    assert pspi[TIMES > 11.8].max() < 0.3

    def seconds_between(low: float, high: float, after: float, before: float) -> float:
        window = (after <= TIMES) & (before >= TIMES)
        return 0.05 * np.count_nonzero((pspi[window] > low) & (pspi[window] < high))

    assert seconds_between(1, 8, 4.5, 6.5) < seconds_between(1, 8, 9.0, 12.0)


@pytest.mark.parametrize("script", DEMONSTRATION_SCRIPTS, ids=lambda script: script.name)
def test_every_script_stays_within_what_a_face_can_do(script):
    course = script.course(seed=5)
    assert 20 <= script.duration_s <= 25
    for t in np.arange(0, script.duration_s, 0.2):
        moment = course.at(t)
        for side in (moment.expression.left, moment.expression.right):
            for name, value in side.items():
                assert name in MOVED_ACTIONS
                assert 0 <= value <= (1 if name == "AU43" else 5)
        assert np.hypot(*moment.expression.gaze) < 0.8


def test_blinks_are_as_short_and_as_frequent_as_in_people():
    lengths, rates = [], []
    for seed in range(40):
        blinks = Course(60.0, (), seed).blink_times
        rates.append(len(blinks))
        lengths += [length for _, length in blinks]
    assert min(lengths) >= BLINK_S[0]
    assert max(lengths) <= BLINK_S[1]
    assert 10 <= np.mean(rates) <= 20


def test_the_same_seed_gives_the_same_course_and_another_one_another():
    events = (Pain(9.0, 3.0),)
    at = [Course(22.0, events, seed).at(4.5) for seed in (7, 7, 8)]
    assert at[0] == at[1]
    assert at[0] != at[2]


def test_actions_of_one_pain_do_not_start_at_the_same_moment():
    course = Course(22.0, (Pain(13.0, 3.0, 0.5, 3.0, 1.0),), seed=2, blinks=False)
    starts = {}
    for t in np.arange(2.9, 3.6, 0.01):
        for name, value in course.at(t).expression.right.items():
            if value > 0.05:
                starts.setdefault(name, t)
    assert np.ptp([starts[name] for name in ("AU4", "AU7", "AU10")]) > 0.005


def test_a_smile_is_a_confounder_only_while_it_lasts_and_never_over_stronger_pain():
    course = Course(
        22.0, (NoPain(Confounder.SMILE, 5.0, 3.0, 4.0), Pain(13.0, 15.0), NoPain(Confounder.SPEECH, 15.0, 3.0, 2.0)), 1
    )
    assert course.at(2.0).confounder is None
    assert course.at(7.0).confounder is Confounder.SMILE
    assert course.at(17.0).confounder is None


def test_head_hand_absence_and_visitor_happen_when_the_script_says():
    events = (HeadTurn(3.0, 1.0, 40.0), HandPass(8.0), Absence(12.0, 2.0), Visitor(17.0, 2.0, side=-1.0))
    course = Course(22.0, events, 3)
    assert abs(course.at(4.2).yaw_deg - 40) < 12
    assert course.at(7.9).hand is None
    assert abs(course.at(8.9).hand or 0) < 0.2
    assert course.at(14.0).away == 1
    assert course.at(11.0).away == 0
    assert course.at(19.0).visitor == 1
    assert course.at(19.0).visitor_side == -1


def test_an_envelope_is_zero_outside_and_one_at_its_apex():
    envelope = Envelope(2.0, 0.5, 1.0, 1.5)
    assert [envelope.at(t) for t in (0.0, 2.0, 5.0, 9.0)] == [0, 0, 0, 0]
    assert envelope.at(3.0) == 1
    assert 0 < envelope.at(2.2) < 1
    assert 0 < envelope.at(4.0) < 1
