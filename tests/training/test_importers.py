"""A hospital's own pictures: three layouts become one data set, nothing is dropped without a word."""

import csv
import json

import cv2
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from peea.scales import PSPI_ACTIONS, Grade
from peea.training.data_set import read_manifest
from peea.training.importers import (
    ImportRefusedError,
    read_folders,
    read_table,
    read_unbc,
    write_data_set,
)
from peea.training.importers.commands import app
from peea.training.importers.rated_images import grade_of_name

RANDOM = np.random.default_rng(1)
PATIENTS = [f"P{number:02d}" for number in range(1, 11)]


def picture(file):
    """A tiny picture like no other."""
    file.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(file), RANDOM.integers(0, 255, (24, 24, 3), np.uint8))
    return file


def folder_a_grade(root, patients=PATIENTS, grades=("0", "1", "2", "3", "4")):
    for patient in patients:
        for grade in grades:
            picture(root / grade / f"{patient}_{grade}.png")
    return root


def table(root, rows, name="ratings.csv"):
    root.mkdir(parents=True, exist_ok=True)
    with (root / name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return root


def archive_frame(root, patient, sequence, number, pspi="0.0000000e+00\n", facs=""):
    name = f"{sequence}{number:03d}"
    file = picture(root / "Images" / patient / sequence / f"{name}.png")
    for kind, text in (("PSPI", pspi), ("FACS", facs)):
        if text is not None:
            label = root / "Frame_Labels" / kind / patient / sequence / f"{name}_facs.txt"
            label.parent.mkdir(parents=True, exist_ok=True)
            label.write_text(text)
    return file


def run(*arguments):
    return CliRunner().invoke(app, ["import", *map(str, arguments)])


def manifest(folder):
    return pd.read_csv(folder / "manifest.csv", dtype={"person": str})


@pytest.mark.parametrize(
    ("name", "grade"),
    [("0", 0), ("4", 4), ("Grade 2", 2), ("2_obvious", 2), ("SEVERE", 3), ("No pain", 0), ("重度疼痛", 3), ("3.0", 3)],
)
def test_a_grade_is_known_by_its_number_and_its_names(name, grade):
    assert grade_of_name(name) is Grade(grade)


@pytest.mark.parametrize("name", ["5", "-1", "2.5", "happy", "", "2 severe"])
def test_what_is_no_grade_is_not_guessed(name):
    assert grade_of_name(name) is None


def test_a_folder_a_grade_becomes_a_data_set_that_train_takes(tmp_path):
    out = tmp_path / "out"
    done = run(folder_a_grade(tmp_path / "in"), "--out", out)
    assert done.exit_code == 0, done.output
    rows = read_manifest(out)
    assert len(rows) == 50
    assert sorted(rows["person"].unique()) == PATIENTS
    assert rows["grade"].value_counts().to_dict() == dict.fromkeys(range(5), 10)
    assert rows.groupby("person")["split_patients"].nunique().max() == 1
    assert rows["split_patients"].value_counts().to_dict() == {"train": 30, "validation": 10, "test": 10}
    assert set(rows["split_random"]) == {"train", "validation", "test"}
    assert rows[list(PSPI_ACTIONS)].isna().all(axis=None), "a hospital's grades alone leave the actions unknown"
    assert json.loads((out / "card.json").read_text())["synthetic"] is False


def test_the_same_pictures_and_seed_give_the_same_parts_and_another_seed_others(tmp_path):
    found = read_folders(folder_a_grade(tmp_path / "in"))
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        write_data_set(found, tmp_path / name, source="folders", seed=seed)
    one, again, other = (manifest(tmp_path / name) for name in ("one", "again", "other"))
    pd.testing.assert_frame_equal(one, again)
    assert (one["split_random"] != other["split_random"]).any()


def test_patients_come_from_folders_before_names_of_files(tmp_path):
    for patient in ("Ann", "Ben"):
        picture(tmp_path / "in" / "mild" / patient / "x_1.png")
    found = read_folders(tmp_path / "in")
    assert [(image.patient, image.grade) for image in found.images] == [("Ann", Grade.MILD), ("Ben", Grade.MILD)]


def test_every_file_that_is_not_taken_is_listed_in_the_console_and_in_the_report(tmp_path):
    root = folder_a_grade(tmp_path / "in")
    (root / "2" / "P01_broken.png").write_bytes(b"no picture at all")
    (root / "2" / "P01_empty.png").write_bytes(b"")
    (root / "2" / "notes.txt").write_text("x")
    picture(root / "happy" / "P02_5.png")
    picture(root / "P03_6.png")
    picture(root / "3" / "nobody.png")
    (root / "4" / "P04_again.png").write_bytes((root / "1" / "P04_1.png").read_bytes())
    out = tmp_path / "out"
    done = run(root, "--out", out)
    assert done.exit_code == 2
    assert "Left out: 7, " in done.stderr
    reported = {row["file"].split("/")[-1]: row["why"] for row in csv.DictReader((out / "problems.csv").open())}
    assert set(reported) == {
        "P01_broken.png", "P01_empty.png", "notes.txt", "P02_5.png", "P03_6.png", "nobody.png", "P04_again.png",
    }  # fmt: skip
    for name, why in reported.items():
        assert f"{name}: {why}" in done.stderr.replace("\n", "")
    assert "not a picture that can be read" in reported["P01_broken.png"]
    assert "happy is no grade" in reported["P02_5.png"]
    assert "patient is not known" in reported["nobody.png"]
    assert "same picture as P04_1.png. Their patients or grades differ" in reported["P04_again.png"]
    assert len(manifest(out)) == 50


def test_a_given_split_is_kept(tmp_path):
    for part, patients in (("train", "AB"), ("val", "C"), ("test", "D")):
        for patient in patients:
            picture(tmp_path / "in" / part / "1" / f"{patient}_1.png")
    assert run(tmp_path / "in", "--out", tmp_path / "out").exit_code == 0
    rows = manifest(tmp_path / "out").set_index("person")["split_patients"].to_dict()
    assert rows == {"A": "train", "B": "train", "C": "validation", "D": "test"}


def test_patients_in_more_than_one_part_of_a_given_split_are_refused_by_name(tmp_path):
    for part, patients in (("train", "AB"), ("test", "BC")):
        for patient in patients:
            picture(tmp_path / "in" / part / "1" / f"{patient}_1.png")
    done = run(tmp_path / "in", "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "Patients stand in more than one part of the split (1): B." in done.stderr.replace("\n", " ")
    assert not (tmp_path / "out").exists()


def test_the_columns_of_a_table_are_matched_as_told_and_actions_that_are_missing_stay_unknown(tmp_path):
    rows = [
        {"Datei": f"img/{n}.png", "Fall": f"F{n % 4}", "Stufe": "obvious", "AU04": "3" if n else "", "Name": "Ada"}
        for n in range(8)
    ]
    for row in rows:
        picture(tmp_path / "in" / row["Datei"])
    table(tmp_path / "in", rows)
    told = ["--column", "image=Datei", "--column", "patient=Fall", "--column", "grade=Stufe"]
    done = run(tmp_path / "in", "--out", tmp_path / "out", *told)
    assert done.exit_code == 0, done.output
    found = manifest(tmp_path / "out")
    assert set(found["grade"]) == {2}
    assert found["AU4"].isna().sum() == 1
    assert found["AU6"].isna().all()
    assert "Ada" not in (tmp_path / "out" / "manifest.csv").read_text(), "a name of a patient goes no further"


@pytest.mark.parametrize(
    ("rating", "grade"),
    [
        ({"vas": "7,5"}, 3),
        ({"pspi": "8"}, 3),
        ({"AU4": 3, "AU6": 0, "AU7": 3, "AU9": 0, "AU10": 2, "AU43": 0}, 3),
        ({"grade": "1", "vas": "9"}, 1),
    ],
)
def test_a_grade_follows_from_what_was_rated_and_a_given_grade_goes_first(tmp_path, rating, grade):
    picture(tmp_path / "a.png")
    table(tmp_path, [{"image": "a.png", "patient": "A", **rating}])
    (image,) = read_table(tmp_path).images
    assert image.grade == grade


def test_lines_that_cannot_be_used_and_pictures_without_a_line_are_listed(tmp_path):
    good = [{"image": f"{n}.png", "patient": f"P{n}", "grade": "1", "pspi": "2"} for n in (1, 2)]
    bad = {
        "The picture is not there.": {"image": "gone.png", "patient": "P3", "grade": "1", "pspi": ""},
        "It names no patient.": {"image": "4.png", "patient": "", "grade": "1", "pspi": ""},
        "9 is no grade": {"image": "5.png", "patient": "P5", "grade": "9", "pspi": ""},
        "It is not rated.": {"image": "6.png", "patient": "P6", "grade": "", "pspi": ""},
        "PSPI is 17; allowed is 0 to 16.": {"image": "7.png", "patient": "P7", "grade": "", "pspi": "17"},
        "PSPI is much, which is no number.": {"image": "8.png", "patient": "P8", "grade": "", "pspi": "much"},
    }
    for name in ("1", "2", "4", "5", "6", "7", "8", "unnamed"):
        picture(tmp_path / f"{name}.png")
    found = read_table(table(tmp_path, [*good, *bad.values()]))
    assert len(found.images) == 2
    said = [each.why for each in found.problems]
    for line, why in enumerate(bad, start=4):
        assert any(one.startswith(f"Line {line}: ") and why in one for one in said), (why, said)
    assert "No line of ratings.csv names it." in said
    assert len(said) == 7


def test_a_table_without_a_needed_column_is_refused_with_what_it_has(tmp_path):
    picture(tmp_path / "a.png")
    table(tmp_path, [{"image": "a.png", "who": "A", "grade": "1"}])
    with pytest.raises(ImportRefusedError, match=r"no column of the patient; it has image, who, grade.*patient=NAME"):
        read_table(tmp_path)
    with pytest.raises(ImportRefusedError, match="no column nobody"):
        read_table(tmp_path, columns={"patient": "nobody"})


def test_the_archives_layout_gives_grades_from_pspi_and_the_actions_that_are_coded(tmp_path):
    archive_frame(tmp_path, "042-ll042", "ll042t1aaaff", 1)
    pain = "4.0000000e+00 3.0000000e+00 0.0 0.0\n7.0e+00 3.0e+00 0 0\n10.0 2.0 0 0\n25.0 2.0 0 0\n"
    archive_frame(tmp_path, "042-ll042", "ll042t1aaaff", 2, "8.0000000e+00\n", pain)
    archive_frame(tmp_path, "043-jh043", "jh043t1aaaff", 1, "1.0", "43.0 4.0 0 0\n")
    archive_frame(tmp_path, "043-jh043", "jh043t1aaaff", 2, "3.0", None)
    found = read_unbc(tmp_path)
    assert found.problems == ()
    calm, pained, asleep, uncoded = found.images
    assert (calm.grade, calm.patient, set(calm.actions.values())) == (Grade.NO_PAIN, "042-ll042", {0.0})
    assert pained.grade is Grade.SEVERE
    assert pained.actions == {"AU4": 3, "AU6": 0, "AU7": 3, "AU9": 0, "AU10": 2, "AU43": 0}
    assert (asleep.grade, asleep.actions["AU43"]) == (Grade.NO_PAIN, 1.0)
    assert (uncoded.grade, uncoded.actions) == (Grade.MILD, {})


def test_the_archive_becomes_a_data_set_with_its_doubts_listed_and_its_levels(tmp_path):
    root = tmp_path / "unbc"
    for number in range(4):
        archive_frame(root, f"10{number}-aa", f"aa{number}", 1, "2.0", "4.0 2.0 0 0\n")
    archive_frame(root, "100-aa", "aa0", 2, "5.0", "4.0 2.0 0 0\n")
    archive_frame(root, "100-aa", "aa0", 3, "5.0", "4.0 9.0 0 0\n")
    archive_frame(root, "100-aa", "aa0", 4, "lots", "")
    archive_frame(root, "100-aa", "aa0", 5, None, "")
    done = run(root, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "Left out: 2, " in done.stderr
    assert "Taken, but doubtful: 2, " in done.stderr
    found = manifest(tmp_path / "out")
    assert len(found) == 6
    assert found["AU4"].isna().sum() == 1, "actions that cannot be right stay unknown"
    assert set(found["six_level"]) <= {0, 2, 4, 6, 8, 10}
    sources = pd.read_csv(tmp_path / "out" / "sources.csv")
    assert sources["source"].str.contains("aa0001.png").sum() == 1


def test_an_archive_unpacked_into_folders_of_the_same_name_is_read_too(tmp_path):
    archive_frame(tmp_path / "flat", "001-x", "s", 1, "2.0")
    for name in ("Images", "Frame_Labels"):
        (tmp_path / "nested" / name).mkdir(parents=True)
        (tmp_path / "flat" / name).rename(tmp_path / "nested" / name / name)
    assert len(read_unbc(tmp_path / "nested").images) == 1


@pytest.mark.parametrize("layout", ["folders", "manifest", "unbc"])
def test_a_folder_that_is_not_there_or_empty_is_refused_in_a_sentence(tmp_path, layout):
    for folder in (tmp_path / "nothing", tmp_path):
        done = run(folder, "--out", tmp_path / "out", "--layout", layout)
        assert done.exit_code == 2
        assert len(done.stderr.strip()) > 20
        assert "Traceback" not in done.output


def test_one_patient_alone_and_a_full_folder_are_refused(tmp_path):
    root = folder_a_grade(tmp_path / "in", patients=["P01"])
    done = run(root, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "two patients at least" in done.stderr.replace("\n", " ")
    again = run(folder_a_grade(tmp_path / "more"), "--out", tmp_path / "in")
    assert again.exit_code == 2
    assert "is not empty" in again.stderr


def test_pictures_can_stay_where_they_lie(tmp_path):
    out = tmp_path / "sets" / "one"
    assert run(folder_a_grade(tmp_path / "in"), "--out", out, "--in-place").exit_code == 0
    assert not (out / "images").exists()
    assert len(read_manifest(out)) == 50


def test_what_is_missing_for_training_is_said(tmp_path):
    root = folder_a_grade(tmp_path / "in", patients=["A", "B"], grades=("0", "1"))
    said = run(root, "--out", tmp_path / "out").output
    assert "No patient is left for the part test." in said
    assert "No picture has the grade 2, 3, 4." in said
    assert "known of 0 of 4 pictures" in said
