"""Sign-in as pages show it: the way in and out, what each role finds, the users page, one's own page."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from peea.access import Role
from peea.access.account_store import AccountStore
from peea.access.sign_in import SignIn
from peea.store import PatientLog, Sex
from tests.access.signed_in import (
    PASSWORD,
    PATIENCE_S,
    RULES,
    accounts_site,
    person,
    quick_hashes,
    seen_by,
)
from tests.factories import made_up_assessment
from tests.test_pages import button, words

__all__ = ["accounts_site", "quick_hashes"]

OTHER = "a walk by the sea"


@pytest.fixture(autouse=True)
def patient(accounts_site):
    with PatientLog(actor="test") as log:
        return log.register_patient("Zoe Unseen", date(1941, 5, 3), Sex.FEMALE, ward="7B", bed="12")


def field(app, label):
    return next(one for one in app.text_input if one.label.startswith(label))


def sign_in(app, name, secret):
    field(app, "Sign-in name").set_value(name)
    field(app, "Password").set_value(secret)
    button(app, "Sign in").click()
    return app.run()


@pytest.mark.parametrize(
    "page", ["ward_board", "live_grading", "video_scoring", "patient_log", "rating", "agreement", "team_lead", "users"]
)
def test_whoever_is_not_signed_in_finds_the_sign_in_page_and_nothing_else(page):
    app = seen_by(None, page)
    assert app.title[0].value == "Sign in to PEEA"
    assert "Zoe Unseen" not in words(app)
    assert "Demonstration." not in words(app)
    assert [one.label for one in app.button] == ["简体中文", "Sign in"]


def test_the_first_administrator_comes_in_with_the_code_and_makes_the_next_user():
    with SignIn(RULES) as front:
        name, code = front.first_administrator()
    app = sign_in(seen_by(None), name, code)
    field(app, "New password").set_value(PASSWORD)
    field(app, "The new password").set_value(OTHER)
    button(app, "Keep this password and sign in").click()
    assert "The two passwords differ." in words(app.run())
    field(app, "The new password").set_value(PASSWORD)
    button(app, "Keep this password and sign in").click()
    app.run()
    assert "Administrator" in words(app)
    assert app.title[0].value == "Users"
    button(app, "New user").click()
    app.run()
    assert not app.exception


def test_a_wrong_password_is_told_beside_the_field_and_locks_after_some():
    person(Role.PAIN_LEAD)
    app = seen_by(None)
    for _ in range(RULES.wrong_before_lock):
        assert "Name or password is wrong." in words(sign_in(app, "ada", "wrong"))
    assert "it is locked until" in words(sign_in(app, "ada", PASSWORD))
    assert app.title[0].value == "Sign in to PEEA"


def test_signing_in_and_out():
    person(Role.WARD_STAFF, ["7B"])
    app = sign_in(seen_by(None), "ada", PASSWORD)
    assert app.title[0].value == "Ward board"
    assert "Zoe Unseen" in words(app)
    assert "Ward staff, 7B" in words(app)
    button(app, "Sign out").click()
    app.run()
    assert app.title[0].value == "Sign in to PEEA"
    assert "You are signed out." in words(app)
    assert "Zoe Unseen" not in words(app)


def test_what_one_person_began_is_gone_for_the_next_and_there_for_the_same(patient):
    who = person(Role.WARD_STAFF, ["7B"])
    person(Role.WARD_STAFF, ["7B"], name="Ben Low")
    app = seen_by(who, "video_scoring")
    app.selectbox[0].set_value(patient.patient_id).run()
    assert app.session_state["visit"].patient_id == patient.patient_id
    left_alone(15)
    app.run()
    assert "PEEA was not used for 15 min" in words(app)
    assert "Zoe Unseen" not in words(app)
    assert sign_in(app, "ada", PASSWORD).session_state["visit"].patient_id == patient.patient_id
    button(app, "Sign out").click()
    app.run()
    app = sign_in(app, "ben", PASSWORD)
    assert app.session_state["visit"].patient_id is None


@pytest.mark.parametrize(
    ("role", "first", "more", "without"),
    [
        (Role.WARD_STAFF, "Ward board", {"Patient log", "Live grading"}, {"Users", "Team lead", "Export and import"}),
        (Role.RATER, "Rating", {"My account"}, {"Ward board", "Patient log", "Users", "Video scoring", "Agreement"}),
        (Role.PAIN_LEAD, "Ward board", {"Team lead", "Agreement", "Export and import"}, {"Users"}),
        (Role.ADMINISTRATOR, "Users", {"My account"}, {"Ward board", "Patient log", "Rating", "Agreement"}),
    ],
)
def test_each_role_finds_its_pages(role, first, more, without):
    from pages.parts.page_list import entries_of

    who = person(role, ["7B"])
    found = [page.title for page in entries_of(who.actor, signed_in=True)]
    assert found[0] == first
    assert more <= set(found)
    assert not without & set(found)
    app = seen_by(who)
    assert not app.exception
    assert app.title[0].value == first
    assert f"<b>{who.name}</b>" in words(app)


def left_alone(minutes):
    with SignIn(RULES) as front, front._writing() as db:
        used = (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat(timespec="microseconds")
        db.execute("UPDATE sign_ins SET used_at = ?", [used])


def watching():
    """The part of every page that looks by itself whether the sign-in still holds."""
    from pages.parts.entrance import watch_sign_in

    watch_sign_in()


def test_before_it_ends_for_want_of_use_the_page_warns_and_one_press_keeps_it():
    who = person(Role.WARD_STAFF, ["7B"])
    app = AppTest.from_function(watching, default_timeout=PATIENCE_S)
    app.session_state["signed_in_as"] = (who, 0.0)
    left_alone(13)
    assert not app.run().button
    left_alone(14.5)
    said = words(app.run())
    assert re.search("You will be signed out in [23]. s", said)
    button(app, "Stay signed in").click()
    assert not app.run().button


def test_opening_a_page_is_use():
    who = person(Role.WARD_STAFF, ["7B"])
    left_alone(14.5)
    seen_by(who, "about")
    with SignIn(RULES) as front:
        assert front.active(who.sign_in_id).used_at > datetime.now(UTC) - timedelta(minutes=1)


def test_a_press_after_the_sign_in_has_ended_does_nothing_and_asks_to_sign_in(patient):
    who = person(Role.WARD_STAFF, ["7B"])
    app = seen_by(who, "video_scoring")
    visit = app.session_state["visit"]
    visit.patient_id, visit.assessment = patient.patient_id, made_up_assessment()
    app.run()
    app.session_state["signed_in_as"] = (who, 0.0)  # asked long ago: the next call asks anew
    with SignIn(RULES) as front:
        front.end(who)
    button(app, "Save to the patient log").click()
    app.run()
    assert app.title[0].value == "Sign in to PEEA"
    with PatientLog(actor="test") as log:
        assert log.assessments(patient.patient_id) == []


def test_a_page_that_is_open_ends_when_the_account_is_locked():
    who = person(Role.WARD_STAFF, ["7B"])
    app = seen_by(who, "patient_log")
    assert "Zoe Unseen" in words(app)
    with AccountStore(actor="test") as store:
        store.lock(who.account_id)
    app.run()
    assert "An administrator signed you out." in words(app)
    assert "Zoe Unseen" not in words(app)


def test_hospital_accounts_without_their_secrets_say_what_is_missing(accounts_site, monkeypatch):
    from pages.parts.visit import shared_settings

    settings = accounts_site.parent / "oidc.toml"
    settings.write_text('[access]\nsign_in = "oidc"\n')
    monkeypatch.setenv("PEEA_SETTINGS", str(settings))
    shared_settings.clear()
    app = seen_by(None, "patient_log")
    assert app.title[0].value == "Sign in to PEEA"
    assert "the secrets file has no [auth]" in words(app)
    assert "Zoe Unseen" not in words(app)
    assert not app.text_input


class TestMyAccount:
    def test_it_shows_who_is_signed_in_where_and_signs_out_everywhere(self):
        who = person(Role.WARD_STAFF, ["7B"])
        with SignIn(RULES) as front:
            elsewhere = front.by_password("ada", PASSWORD)
        app = seen_by(who, "my_account")
        assert "this device" in words(app)
        button(app, "Sign out everywhere (2 devices)").click()
        app.run()
        assert "You are signed out on all devices." in words(app)
        assert app.title[0].value == "Sign in to PEEA"
        assert "You are signed out on all devices." in words(seen_by(elsewhere))

    def test_the_password_is_changed_with_errors_beside_the_fields(self):
        app = seen_by(person(Role.RATER), "my_account")

        def change(old, new, again):
            for label, value in (("Your password now", old), ("New password", new), ("The new password", again)):
                field(app, label).set_value(value)
            button(app, "Change the password").click()
            return words(app.run())

        assert "This is not your password." in change("wrong", OTHER, OTHER)
        assert "12 characters or more" in change(PASSWORD, "short", "short")
        assert "The two passwords differ." in change(PASSWORD, OTHER, PASSWORD)
        assert "The password is changed." in change(PASSWORD, OTHER, OTHER)
        with SignIn(RULES) as front:
            assert front.by_password("ada", OTHER).name == "Ada Kim"


class TestUsers:
    def test_it_lists_accounts_with_role_wards_and_state_and_no_patient(self):
        boss = person(Role.ADMINISTRATOR, name="Root")
        person(Role.WARD_STAFF, ["7B", "8A"], name="Ben Low")
        with AccountStore(actor="test") as store:
            store.make("new", "Eve <b>New</b>", Role.RATER, (), RULES)
        said = words(seen_by(boss, "users"))
        for part in (
            "Ben Low",
            "Ward staff",
            "7B, 8A",
            "Has a one-time code",
            "Eve &lt;b&gt;New",
            "Signed in now",
        ):
            assert part in said
        assert "Zoe Unseen" not in said

    def test_others_are_signed_out(self):
        boss, other = person(Role.ADMINISTRATOR, name="Root"), person(Role.RATER, name="Ben Low")
        app = seen_by(boss, "users")
        next(one for one in app.selectbox if one.label == "Sign somebody out").set_value("Ben Low").run()
        button(app, "Sign out everywhere").click()
        app.run()
        assert "An administrator signed you out." in words(seen_by(other))
        assert app.title[0].value == "Users"
