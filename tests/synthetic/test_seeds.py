import pytest

from peea.synthetic.dataset import dataset_plan
from peea.synthetic.scripts import DEMONSTRATION_SCRIPTS
from peea.synthetic.seeds import (
    BENCHMARK_PEOPLE,
    DATASET_PEOPLE,
    DEMONSTRATION_PEOPLE,
    SHEET_PEOPLE,
    SeedOutOfRangeError,
    dataset_person_seeds,
    generator,
)
from peea.synthetic.stills import benchmark_plan


def test_no_person_stands_in_two_ranges():
    ranges = (DATASET_PEOPLE, BENCHMARK_PEOPLE, DEMONSTRATION_PEOPLE, SHEET_PEOPLE)
    assert len(set().union(*ranges)) == sum(map(len, ranges))


def test_plans_take_their_people_from_their_own_range():
    assert set(dataset_plan(seed=999).person_seeds) <= set(DATASET_PEOPLE)
    assert set(benchmark_plan().person_seeds) <= set(BENCHMARK_PEOPLE)
    patients = [script.patient().seed for script in DEMONSTRATION_SCRIPTS if not script.empty]
    assert set(patients) <= set(DEMONSTRATION_PEOPLE)
    assert len(set(patients)) == len(patients)


def test_data_sets_of_different_seeds_share_nobody():
    assert not set(dataset_person_seeds(1, 1000)) & set(dataset_person_seeds(2, 1000))


@pytest.mark.parametrize(("seed", "people"), [(-1, 5), (1000, 5), (1, 0), (1, 1001)])
def test_impossible_data_sets_are_refused(seed, people):
    with pytest.raises(SeedOutOfRangeError, match="allowed is"):
        dataset_person_seeds(seed, people)


def test_every_seed_of_a_generator_counts():
    assert generator(1, 2).random() == generator(1, 2).random()
    assert generator(1, 2).random() != generator(2, 1).random()
