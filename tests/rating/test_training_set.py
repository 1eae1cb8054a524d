"""The agreed frames as a folder: what the trainer reads of it, that patients stay apart, what is left out and why."""

import json

import cv2
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peea.rating import ConsistencyRules, PspiCodes, agreement_on_frame
from peea.rating.pictures import encode_picture
from peea.rating.splits import PARTS, deal_images, deal_patients
from peea.rating.training_set import RatedFrame, TrainingSetError, write_training_set
from peea.training.data_set import read_manifest

CALM, SEVERE = PspiCodes.of(), PspiCodes.of(AU4=3, AU7=3, AU10=2)
PAPER = ConsistencyRules()


@pytest.fixture
def picture():
    return encode_picture(np.full((40, 40, 3), (200, 120, 40), np.uint8))


def rated(picture, patient, *codes, time_s=1.0, demonstration=True):
    return RatedFrame(patient, "calm.mp4", time_s, picture, agreement_on_frame(codes, PAPER), demonstration)


def write(frames, folder, **given):
    return write_training_set(frames, folder, PAPER, title="Pilot", **{"simulated": False, **given})


def test_the_trainer_reads_it_as_it_is(picture, tmp_path):
    frames = [rated(picture, f"P-{k % 5}", *[SEVERE if k % 2 else CALM] * 2) for k in range(20)]
    written = write(frames, tmp_path / "set")
    table = read_manifest(tmp_path / "set")
    assert len(table) == written.images == 20
    assert written.patients == 5
    assert set(table["grade"]) == {0, 3}
    severe = table[table["grade"] == 3].iloc[0]
    assert [severe[name] for name in ("AU4", "AU7", "AU10", "AU43", "pspi")] == [3, 3, 2, 0, 8]
    assert set(table["split_patients"]) == set(PARTS)
    assert table.groupby("person")["split_patients"].nunique().eq(1).all()
    assert set(table["split_random"]) == set(PARTS)


def test_frames_without_agreement_or_picture_are_listed_with_the_reason(picture, tmp_path):
    agreed = [rated(picture, f"P-{k}", SEVERE, SEVERE) for k in range(3)]
    others = [
        rated(picture, "P-7", SEVERE, CALM),
        rated(picture, "P-8", SEVERE),
        rated(None, "P-9", SEVERE, SEVERE),
    ]
    written = write(agreed + others, tmp_path / "set")
    assert written.left_out == {"raters do not agree": 1, "too few raters": 1, "picture removed": 1}
    listed = pd.read_csv(tmp_path / "set" / "left_out.csv")
    assert dict(zip(listed["patient"], listed["why"], strict=True)) == {
        "P-7": "raters do not agree",
        "P-8": "too few raters",
        "P-9": "picture removed",
    }


@pytest.mark.parametrize(("demonstration", "simulated"), [(True, True), (False, False)])
def test_the_card_says_what_the_set_is(picture, tmp_path, demonstration, simulated):
    frames = [rated(picture, f"P-{k}", SEVERE, SEVERE, demonstration=demonstration) for k in range(3)]
    write(frames, tmp_path / "set", simulated=simulated)
    card = json.loads((tmp_path / "set" / "card.json").read_text())
    assert (card["synthetic"], card["simulated_ratings"]) == (demonstration, simulated)
    assert card["consistency"]["rule"] == "same_grade"


@pytest.mark.parametrize(
    ("patients", "codes", "sentence"),
    [
        (["P-1", "P-2"], [SEVERE, CALM], "no key frame on which the raters agree, of 2"),
        (["P-1", "P-1"], [CALM, CALM], "All 2 agreed key frames are of one patient"),
    ],
)
def test_what_cannot_train_a_grader_is_refused_and_nothing_is_written(picture, tmp_path, patients, codes, sentence):
    with pytest.raises(TrainingSetError, match=sentence):
        write([rated(picture, patient, *codes) for patient in patients], tmp_path / "set")
    assert not (tmp_path / "set").exists()


def test_a_folder_with_something_in_it_is_left_alone(picture, tmp_path):
    (tmp_path / "letter.txt").write_text("private")
    with pytest.raises(TrainingSetError, match="is not empty"):
        write([rated(picture, f"P-{k}", CALM, CALM) for k in range(3)], tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letter.txt"]


def test_small_sets_say_what_they_are_worth(picture, tmp_path):
    written = write([rated(picture, f"P-{k}", CALM, CALM) for k in range(2)], tmp_path / "set")
    said = " ".join(written.remarks)
    assert "2 images are few" in said
    assert "too few patients for a test part" in said
    assert "No image has grade 1, 2, 3, 4" in said
    assert set(read_manifest(tmp_path / "set")["split_patients"]) == {"train", "validation"}


def test_a_kept_picture_holds_nothing_but_its_pixels():
    picture = np.random.default_rng(1).integers(0, 255, (64, 48, 3), np.uint8)
    content = encode_picture(cv2.GaussianBlur(picture, (9, 9), 3))
    assert b"Exif" not in content
    read = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert np.abs(read.astype(int) - cv2.GaussianBlur(picture, (9, 9), 3)).mean() < 3


names = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 4)), min_size=1, max_size=60)


@given(names, st.integers(0, 5))
def test_no_patient_stands_in_two_parts_and_no_part_is_empty_that_patients_could_fill(pairs, seed):
    patients, grades = [str(patient) for patient, _ in pairs], [grade for _, grade in pairs]
    dealt = deal_patients(patients, grades, seed)
    part_of = {}
    for patient, part in zip(patients, dealt, strict=True):
        assert part_of.setdefault(patient, part) == part
    assert set(dealt) == set(PARTS[: min(3, len(set(patients)))])
    assert dealt == deal_patients(patients, grades, seed)


def test_parts_come_near_their_shares_in_all_and_in_each_grade():
    random = np.random.default_rng(3)
    patients = [f"P{k}" for k in range(40) for _ in range(random.integers(2, 12))]
    grades = random.integers(0, 5, len(patients)).tolist()
    dealt = np.array(deal_patients(patients, grades))
    assert (dealt == "train").mean() == pytest.approx(0.6, abs=0.05)
    for grade in range(5):
        of_grade = dealt[np.array(grades) == grade]
        assert (of_grade == "train").mean() == pytest.approx(0.6, abs=0.15)
    counts = [deal_images(50).count(part) for part in PARTS]
    assert counts == [30, 10, 10]
