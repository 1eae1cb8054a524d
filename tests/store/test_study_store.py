"""Studies in the data base: drafts change, frozen ones do not, whoever tries."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from peea.store import (
    Action,
    DuplicateStudyError,
    FrozenStudyError,
    StudyIncompleteError,
    StudyStore,
    StudyTamperedError,
    UnknownStudyError,
)
from tests.studies.made_up_study import made_up_study


@pytest.fixture
def store(tmp_path):
    with StudyStore(tmp_path / "peea.db", actor="Dr. Lin") as opened:
        yield opened


def test_a_draft_is_saved_changed_and_read_back(store):
    study = made_up_study()
    store.save_draft(study)
    changed = study.excluding({"R01": "dim light"})
    saved = store.save_draft(changed)
    assert store.study("one") == changed
    assert not saved.frozen
    assert [line.name for line in store.studies()] == ["Trial of ward 7B"]


def test_a_frozen_study_refuses_every_change(store):
    store.save_draft(made_up_study())
    saved = store.freeze("one")
    assert saved.frozen
    assert saved.frozen_by == "Dr. Lin"
    with pytest.raises(FrozenStudyError, match="is frozen"):
        store.save_draft(made_up_study(purpose="another one"))
    with pytest.raises(FrozenStudyError, match="frozen already"):
        store.freeze("one")
    with pytest.raises(FrozenStudyError, match="stays"):
        store.remove_draft("one")
    for change in ("UPDATE studies SET content = '{}'", "DELETE FROM studies"):
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            store._db.execute(change)
    assert store.study("one") == made_up_study()


def test_what_was_changed_outside_peea_is_noticed(store):
    store.save_draft(made_up_study())
    store._db.execute("UPDATE studies SET content = replace(content, '\"female\"', '\"male\"')")
    with pytest.raises(StudyTamperedError, match="changed outside PEEA"):
        store.study("one")


def test_two_studies_have_two_names(store):
    store.save_draft(made_up_study())
    with pytest.raises(DuplicateStudyError, match="already"):
        store.save_draft(replace(made_up_study(), study_id="two"))


def test_a_study_without_ratings_is_not_frozen(store):
    store.save_draft(made_up_study(ratings={}))
    with pytest.raises(StudyIncompleteError, match="no ratings"):
        store.freeze("one")


def test_a_draft_can_be_removed_and_what_is_not_there_is_told(store):
    store.save_draft(made_up_study())
    store.remove_draft("one")
    for ask in (store.study, store.freeze, store.remove_draft, store.saved_study):
        with pytest.raises(UnknownStudyError, match="No study"):
            ask("one")


def test_every_write_leaves_an_audit_row(store):
    store.save_draft(made_up_study())
    store.freeze("one")
    trail = store.audit("one")
    assert [row.action for row in trail] == [Action.SAVED, Action.FROZEN]
    assert {row.actor for row in trail} == {"Dr. Lin"}
    assert trail[0].detail["sha256"] == store.saved_study("one").sha256
