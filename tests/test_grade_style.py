"""The look of the grades: readable, ordered in lightness, never by colour alone."""

import itertools

import pytest

from peea.grade_style import GRADE_STYLES, NOT_ASSESSED, contrast, luminance, style_of
from peea.scales import GRADES, Grade

ALL_STYLES = [*GRADE_STYLES.values(), NOT_ASSESSED]


@pytest.mark.parametrize("style", ALL_STYLES, ids=lambda style: style.word)
def test_text_on_a_grade_has_contrast_of_at_least_4_5(style):
    for background in filter(None, (style.fill, style.stripe)):
        assert contrast(style.text, background) >= 4.5


def test_the_ramp_darkens_with_pain_by_steps_that_show_in_grey():
    luminances = [luminance(style_of(grade).fill) for grade in GRADES]
    for lighter, darker in itertools.pairwise(luminances):
        assert (lighter + 0.05) / (darker + 0.05) > 1.05


def test_every_grade_has_its_own_sign_word_and_colour():
    for field in ("sign", "word", "fill"):
        assert len({getattr(style, field) for style in ALL_STYLES}) == len(GRADES) + 1


def test_no_grade_looks_like_could_not_be_assessed():
    assert style_of(None) is NOT_ASSESSED
    assert style_of(Grade.NO_PAIN).stripe is None
    assert style_of(None).stripe is not None


@pytest.mark.parametrize(
    ("one", "other", "published"),
    [("#767676", "#FFFFFF", 4.54), ("#FF0000", "#FFFFFF", 4.0), ("#0000FF", "#FFFFFF", 8.59)],
)
def test_contrast_matches_published_ratios(one, other, published):
    assert contrast(one, other) == pytest.approx(published, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


@pytest.mark.parametrize("colour", ["red", "#FFF", "", "112233#"])
def test_a_colour_that_is_not_hex_is_refused(colour):
    with pytest.raises(ValueError, match="#RRGGBB"):
        luminance(colour)
