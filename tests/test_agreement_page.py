"""The agreement page as Streamlit runs it: the answer, uploads and their faults, studies until they are frozen."""

from __future__ import annotations

import os
import signal

import pytest

from peea.apart.process import ReaderProcess
from peea.spreadsheets import csv_bytes
from peea.store import RatingStore, StudyStore
from peea.store.ratings import NewItem, SetKind
from peea.studies.uploads import long_table_of_study
from tests.studies.made_up_study import made_up_study
from tests.test_pages import button, data_folder, opened, words  # noqa: F401

VIDEOS = tuple(enumerate(("calm", "mild", "obvious", "severe")))


@pytest.fixture(autouse=True)
def no_demonstration_study(monkeypatch):
    """The page opens on studies of these tests, not on the large one that comes with PEEA."""
    monkeypatch.setattr("pages.parts.agreement_source.shared_demonstration", lambda: None)


@pytest.fixture
def study():
    with StudyStore(actor="Dr. Lin") as store:
        store.save_draft(made_up_study())
    return made_up_study()


def upload(content, name="ratings.csv"):
    app = opened("agreement")
    app.segmented_control(key="agreement_way").set_value("upload").run()
    app.file_uploader(key="agreement_file").upload(name, content, "text/csv").run()
    return app


def tables(app):
    return "\n".join(table.value.to_string() for table in app.table)


def test_without_a_study_the_page_says_what_to_do():
    app = opened("agreement")
    assert not app.exception
    assert "There is no study yet. Upload a table of ratings instead" in words(app)


def test_the_answer_comes_first_and_every_part_is_there(study):
    app = opened("agreement")
    assert not app.exception
    said = words(app)
    assert "PEEA gave the same grade as the clinicians together in 10 of 10 recordings" in said
    assert "PEEA graded 10 of the 12 recordings" in said
    assert "Published for the original PEEA" in said
    for header in ("Grade by grade", "Each clinician against PEEA", "Is it as good for everybody?", "Who was rated"):
        assert header in said
    assert len(app.get("plotly_chart")) == 4
    assert "ICC(2,1)" in tables(app)
    assert "Kappa, quadratic" in tables(app)


def test_a_filter_changes_what_is_counted(study):
    app = opened("agreement")
    app.button_group(key="agreement_filter_sex").set_value(["male"]).run()
    assert not app.exception
    assert "in 2 of 2 recordings" in words(app)


def test_filters_that_leave_nothing_are_told(study):
    app = opened("agreement")
    app.button_group(key="agreement_filter_sex").set_value(["male"])
    app.button_group(key="agreement_filter_age").set_value(["65-74"]).run()
    assert "No recording has all that was chosen" in words(app)


def test_differences_can_be_shown_on_the_vas(study):
    app = opened("agreement")
    app.segmented_control(key="agreement_on_grades").set_value(False).run()
    assert not app.exception
    assert "Mean difference, PEEA less clinicians" in tables(app)


def test_degenerate_ratings_say_why(study):
    app = upload(b"video,rater,grade\n" + b"".join(b"%d,Lin,1\n%d,PEEA,1\n" % (n, n) for n in range(4)))
    assert not app.exception
    assert "kappa needs raters who use two categories or more" in words(app)


def test_an_upload_is_matched_by_its_titles_and_answered():
    app = upload(csv_bytes(long_table_of_study(made_up_study())))
    assert not app.exception
    assert app.selectbox(key=next(box.key for box in app.selectbox if box.key.startswith("match_peea"))).value == "PEEA"
    assert "PEEA gave the same grade as the clinicians together in 10 of 10 recordings" in words(app)


def test_faulty_rows_are_listed_with_their_numbers():
    app = upload(b"video,rater,vas\n1,Lin,3\n2,Lin,high\n3,Lin,99\n")
    assert not app.exception
    assert "2 rows need a look" in words(app)
    assert "high" in tables(app)
    assert app.table[0].value.iloc[:, 0].tolist() == [3, 4]


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"PK\x03\x04", "spreadsheet file"), (b"only one line of words", "has no columns")]
)
def test_another_file_is_told_in_a_sentence(content, sentence):
    app = upload(content)
    assert not app.exception
    assert sentence in words(app)


def test_a_table_that_ends_its_reader_is_told_in_a_sentence_and_the_page_goes_on(monkeypatch):
    content = b"video,Lin,Wu\n1,0,1\n2,2,2\n3,4,3\n"
    with monkeypatch.context() as crafted:
        crafted.setattr(ReaderProcess, "ask", lambda self, *_: os.kill(self.process.pid, signal.SIGSEGV))
        app = upload(content, "round.csv")
    assert not app.exception
    assert "round.csv cannot be read: reading it had to be stopped" in words(app)
    app.run()
    assert not app.exception
    assert "had to be stopped" not in words(app)
    assert "PEEA is not among the raters" in words(app)


def test_a_table_without_peea_compares_the_clinicians_alone():
    app = upload(b"video,Lin,Wu\n1,0,1\n2,2,2\n3,4,4\n4,1,1\n")
    assert not app.exception
    assert "PEEA is not among the raters" in words(app)
    assert "Fleiss" in tables(app)


def test_an_upload_is_kept_as_a_study_completed_and_frozen():
    app = upload(csv_bytes(long_table_of_study(made_up_study())))
    app.text_input(key="upload_study_name").set_value("Ward 7B in November")
    button(app, "Keep as a study").click().run()
    assert not app.exception
    with StudyStore(actor="test") as store:
        (line,) = store.studies()
        assert line.name == "Ward 7B in November"
        assert not line.frozen
    assert app.selectbox(key="agreement_study").value == line.study_id
    assert "Draft: recordings can still be left out" in words(app)
    app.text_input(key="freeze_name").set_value("Dr. Lin, surgeon").run()
    app.checkbox(key=f"sure_{line.study_id}").check().run()
    app.button(key="freeze").click().run()
    assert not app.exception
    assert "Nothing of it can change. SHA-256" in words(app)
    with StudyStore(actor="test") as store:
        assert store.saved_study(line.study_id).frozen_by == "Dr. Lin, surgeon"


def test_recordings_rated_on_the_rating_page_become_a_study():
    with RatingStore(actor="test") as ratings:
        items = [NewItem(f"P-{number}", f"{name}.mp4", demonstration_file=f"{name}.mp4") for number, name in VIDEOS]
        made = ratings.make_set("Round one", SetKind.RECORDINGS, items)
        for rater, shift in (("Lin", 0.0), ("Wu", 1.0)):
            rater_id = ratings.rater(rater).rater_id
            for place, item in enumerate(ratings.items(made.set_id)):
                ratings.rate(item.item_id, rater_id, vas=2.0 * place + shift)
        assert "Make a study of recordings" not in words(opened("agreement")), "raters still rate"
        ratings.close_set(made.set_id)
    app = opened("agreement")
    app.text_input(key="set_study_name").set_value("Round one, validated")
    button(app, "Keep as a study").click().run()
    assert not app.exception
    with StudyStore(actor="test") as store:
        (line,) = store.studies()
        assert len(store.study(line.study_id).ratings) == 8
    assert "No recording was both graded by PEEA and rated by a clinician" in words(app)
    assert "Fleiss" in tables(app)


def test_a_study_without_a_name_is_refused_beside_the_field():
    app = upload(csv_bytes(long_table_of_study(made_up_study())))
    button(app, "Keep as a study").click().run()
    assert "Give the study a name." in words(app)


def test_statements_that_were_written_are_no_longer_asked_for(study):
    app = opened("agreement")
    assert "Still to be filled in: items 5, 6, 7, 8, 9, 14." in words(app)
    area = next(one for one in app.text_area if one.label.startswith("6. "))
    area.set_value("Chosen by precision.").run()
    assert "Still to be filled in: items 5, 7, 8, 9, 14." in words(app)


def test_a_study_of_another_version_of_the_model_says_so(study):
    assert "This study judged lite0 0.1.0. Installed is version" in words(opened("agreement"))


def test_planning_says_how_many_recordings_are_needed(study):
    said = words(opened("agreement"))
    assert "For an ICC of one rater:" in said


def test_markup_in_names_shows_as_text():
    app = upload(b"video,rater,grade\n1,<b>Lin</b>,1\n2,<b>Lin</b>,2\n3,<b>Lin</b>,3\n")
    assert not app.exception
    assert "<b>Lin" not in words(app)
