"""What a rater codes: all six actions or nothing, totals and grades by the scales."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peea.rating import CodesError, Coding, PspiCodes, code_word, codes_of, coding_of
from peea.scales import PSPI_ACTIONS, Grade, grade_of_pspi

ratings = st.fixed_dictionaries({name: st.sampled_from(list(codes_of(name))) for name in PSPI_ACTIONS}).map(PspiCodes)


@pytest.mark.parametrize(
    ("codes", "total", "grade", "total_of_paper"),
    [
        ({}, 0, Grade.NO_PAIN, 0),
        ({"AU43": 1}, 1, Grade.NO_PAIN, 1),
        ({"AU4": 3, "AU7": 3, "AU10": 2}, 8, Grade.SEVERE, 5),
        ({"AU4": 5, "AU6": 5, "AU7": 5, "AU9": 5, "AU10": 5, "AU43": 1}, 16, Grade.INTENSE, 13),
    ],
)
def test_totals_and_grade_follow_from_the_codes(codes, total, grade, total_of_paper):
    rating = PspiCodes.of(**codes)
    assert (rating.pspi, rating.grade, rating.pspi_0_to_13) == (total, grade, total_of_paper)


@pytest.mark.parametrize(
    ("codes", "sentence"),
    [
        ({"AU4": 1}, "AU6, AU7, AU9, AU10, AU43 is missing"),
        (dict.fromkeys(PSPI_ACTIONS, 0) | {"AU43": 2}, "AU43 is 2; allowed is a whole number from 0 to 1"),
        (dict.fromkeys(PSPI_ACTIONS, 0) | {"AU4": -1}, "AU4 is -1"),
        (dict.fromkeys(PSPI_ACTIONS, 0) | {"AU4": 2.5}, "AU4 is 2.5"),
        (dict.fromkeys(PSPI_ACTIONS, 0) | {"AU12": 1}, "AU12 is not one of the PSPI actions"),
    ],
)
def test_what_is_no_whole_rating_is_refused_by_name(codes, sentence):
    with pytest.raises(CodesError, match=sentence):
        PspiCodes(codes)


def test_codes_read_as_letters():
    assert PspiCodes.of(AU4=3, AU10=5, AU43=1).letters == "AU4 c, AU10 e, AU43 closed"
    assert [code_word("AU6", code) for code in codes_of("AU6")] == ["absent", "a", "b", "c", "d", "e"]


@given(ratings)
def test_coding_one_action_after_the_other_gives_the_rating_and_the_total_so_far_never_exceeds_it(rating):
    coding = Coding()
    for name in PSPI_ACTIONS:
        assert coding.action == name
        assert coding.pspi_so_far <= rating.pspi
        coding = coding.coded(rating.codes[name])
    assert coding.missing == ()
    assert coding.finished() == rating
    assert coding.pspi_so_far == rating.pspi
    assert grade_of_pspi(coding.pspi_so_far) == rating.grade


def test_an_unfinished_coding_is_no_rating_and_nothing_is_preset():
    assert Coding().missing == PSPI_ACTIONS
    with pytest.raises(CodesError, match="AU43 is missing"):
        Coding().coded(0).coded(0).coded(0).coded(0).coded(0).finished()


def test_going_back_changes_one_action_and_returns_to_the_one_that_is_open():
    coding = Coding().coded(1).coded(2).back()
    assert coding.action == "AU6"
    coding = coding.coded(4)
    assert (coding.codes, coding.action) == ({"AU4": 1, "AU6": 4}, "AU7")
    again = coding_of(PspiCodes.of(AU4=2)).looking_at("AU10").coded(3)
    assert again.finished() == PspiCodes.of(AU4=2, AU10=3)
    with pytest.raises(CodesError, match="AU43 is 3"):
        Coding().looking_at("AU43").coded(3)
