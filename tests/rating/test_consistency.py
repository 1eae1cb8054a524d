"""When raters agree on a frame: the paper's rule, its thresholds, and what must not matter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peea.rating import ConsistencyRules, PspiCodes, agreement_on_frame
from peea.rating.set_agreement import agreement_of_set
from peea.scales import Grade
from tests.rating.test_codes import ratings

CALM, MILD, SEVERE = PspiCodes.of(), PspiCodes.of(AU4=2, AU7=1), PspiCodes.of(AU4=3, AU7=3, AU10=2)
PAPER = ConsistencyRules()
several = st.lists(ratings, min_size=1, max_size=6)
rules = st.builds(
    ConsistencyRules,
    rule=st.sampled_from(["same_grade", "near_pspi"]),
    least_raters=st.integers(1, 4),
    least_agreeing=st.sampled_from([0.5, 0.6, 2 / 3, 0.75, 1.0]),
    widest_pspi=st.sampled_from([0.0, 1.0, 2.0, 4.0]),
)


@pytest.mark.parametrize(
    ("given_ratings", "agreed"),
    [
        ([SEVERE, SEVERE], True),
        ([SEVERE, PspiCodes.of(AU4=3, AU6=3, AU9=3)], True),  # PSPI 8 and 9: both severe
        ([SEVERE, CALM], False),
        ([SEVERE, SEVERE, SEVERE, MILD], False),
        ([SEVERE], False),
        ([], False),
    ],
)
def test_by_the_papers_rule_all_raters_give_the_same_grade(given_ratings, agreed):
    assert agreement_on_frame(given_ratings, PAPER).agreed is agreed


def test_a_majority_counts_where_the_threshold_lets_it():
    most = ConsistencyRules(least_agreeing=0.75)
    agreement = agreement_on_frame([SEVERE, SEVERE, MILD, SEVERE], most)
    assert (agreement.agreed, agreement.agreeing, agreement.grade) == (True, 3, Grade.SEVERE)
    assert agreement.codes == {name: float(code) for name, code in SEVERE.codes.items()}
    assert not agreement_on_frame([SEVERE, MILD], ConsistencyRules(least_agreeing=0.5)).agreed, "two grades, one each"
    assert agreement_on_frame([SEVERE, SEVERE, MILD], ConsistencyRules(least_agreeing=2 / 3)).agreed


def test_totals_near_the_median_count_where_the_rule_says_so():
    near = ConsistencyRules(rule="near_pspi", least_agreeing=1.0, widest_pspi=1.0)
    nine, six = PspiCodes.of(AU4=3, AU7=3, AU10=3), PspiCodes.of(AU4=3, AU7=3)
    assert agreement_on_frame([SEVERE, nine], near).agreed
    assert not agreement_on_frame([SEVERE, nine, six], near).agreed
    assert agreement_on_frame([SEVERE, nine, six], ConsistencyRules(rule="near_pspi", widest_pspi=2.0)).agreed


def test_agreed_codes_are_the_medians_of_those_who_agree():
    agreement = agreement_on_frame([SEVERE, PspiCodes.of(AU4=4, AU7=3, AU9=2, AU43=1)], PAPER)
    assert agreement.codes == {"AU4": 3.5, "AU6": 0.0, "AU7": 3.0, "AU9": 1.0, "AU10": 1.0, "AU43": 0.0}
    assert agreement.pspi == 9.0


@given(several, rules, st.randoms(use_true_random=False))
def test_the_order_of_raters_does_not_matter(given_ratings, rule, random):
    shuffled = list(given_ratings)
    random.shuffle(shuffled)
    assert agreement_on_frame(shuffled, rule) == agreement_on_frame(given_ratings, rule)


@given(several, rules)
def test_a_stricter_threshold_never_lets_more_frames_pass(given_ratings, rule):
    strict = ConsistencyRules(rule.rule, rule.least_raters + 1, 1.0, 0.0)
    if agreement_on_frame(given_ratings, strict).agreed:
        assert agreement_on_frame(given_ratings, rule).agreed


@given(ratings, st.integers(2, 6))
def test_raters_who_say_the_same_always_agree_on_what_they_say(rating, raters):
    for rule in ("same_grade", "near_pspi"):
        agreement = agreement_on_frame([rating] * raters, ConsistencyRules(rule=rule))
        assert agreement.agreed
        assert agreement.grade is rating.grade
        assert agreement.pspi == rating.pspi
        assert agreement.codes == {name: float(code) for name, code in rating.codes.items()}


@given(several, rules)
def test_what_is_agreed_was_said_by_enough(given_ratings, rule):
    agreement = agreement_on_frame(given_ratings, rule)
    if not agreement.agreed:
        assert agreement.grade is agreement.codes is agreement.pspi is None
        return
    assert len(given_ratings) >= rule.least_raters
    assert agreement.agreeing >= rule.least_agreeing * len(given_ratings) - 1e-6
    assert agreement.grade in {each.grade for each in given_ratings}


def test_an_unknown_rule_is_refused_by_name():
    with pytest.raises(ValueError, match="same_grade, near_pspi"):
        ConsistencyRules(rule="by feeling")


def test_a_set_names_the_agreed_frames_and_the_usual_figures():
    frames = {
        "a": {"Lin": SEVERE, "Kim": SEVERE},
        "b": {"Lin": CALM, "Kim": CALM},
        "c": {"Lin": MILD, "Kim": SEVERE},
        "d": {"Lin": MILD},
        "e": {"Lin": MILD, "Kim": MILD},
    }
    found = agreement_of_set(frames, {"a": "P1", "b": "P1", "c": "P2", "d": "P3", "e": "P4"}, PAPER)
    assert found.agreed == ("a", "b", "e")
    assert found.same_grade.value == pytest.approx(3 / 4)
    assert 0 < found.alpha.value < 1
    assert (found.pspi_icc.recordings, found.pspi_icc.left_out) == (4, 1)


def test_a_set_that_one_rater_rated_says_why_there_are_no_figures():
    found = agreement_of_set({"a": {"Lin": SEVERE}, "b": {"Lin": CALM}}, {"a": "P1", "b": "P2"}, PAPER)
    assert found.agreed == ()
    assert "two" in found.alpha.sentence or "rater" in found.alpha.sentence
