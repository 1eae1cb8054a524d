"""How the app starts: the first administrator, and what a demonstration without sign-in refuses."""

from __future__ import annotations

import re
from datetime import date

import pytest

from peea.access.errors import StartRefusedError
from peea.access.rules import AccessRules
from peea.access.starting import settle_start
from peea.settings import SettingsError, load_settings
from peea.store import PatientLog, Sex
from tests.access.signed_in import quick_hashes
from tests.test_pages import data_folder, opened, words

__all__ = ["data_folder", "quick_hashes"]

DEMONSTRATION, ACCOUNTS = AccessRules(), AccessRules(sign_in="accounts")


def register(path, demonstration):
    with PatientLog(path, actor="test") as log:
        log.register_patient("Zoe Unseen", date(1941, 5, 3), Sex.FEMALE, demonstration=demonstration)


def test_a_demonstration_starts_on_fictional_patients_and_refuses_others(tmp_path):
    path = tmp_path / "peea.db"
    assert settle_start(DEMONSTRATION, path) is None
    register(path, demonstration=True)
    assert settle_start(DEMONSTRATION, path) is None
    with PatientLog(path, actor="test") as log:
        log.register_patient("Ada Kim", date(1940, 5, 3), Sex.FEMALE)
    with pytest.raises(
        StartRefusedError, match=r"holds 1 patient who .* does not start.*\"accounts\" or \"oidc\""
    ) as refused:
        settle_start(DEMONSTRATION, path)
    assert "Ada Kim" not in str(refused.value)
    assert settle_start(AccessRules(sign_in="oidc"), path) is None


def test_the_console_tells_a_code_until_there_is_an_administrator(tmp_path, quick_hashes):
    told = [settle_start(ACCOUNTS, tmp_path / "peea.db") for _ in range(2)]
    codes = [re.search(r"code\s+([A-Z0-9-]{19}) within 72 h", sentence).group(1) for sentence in told]
    assert len(set(codes)) == 2


def test_patients_who_come_while_the_demonstration_runs_close_its_pages(tmp_path, data_folder, started_by_serve):
    register(data_folder / "peea.db", demonstration=False)
    app = opened("patient_log")
    assert "PEEA does not start" in words(app)
    assert "Zoe Unseen" not in words(app)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("sign_in = 'password'", "must be one of demonstration, accounts, oidc"),
        ("roles = 'nurses = boss'", "each must be VALUE = role"),
        ("role_claim = ' '", "must be the name of a claim"),
        ("password_least = 4", "from 8 to 64"),
    ],
)
def test_settings_of_signing_in_that_cannot_be_are_refused(tmp_path, text, sentence):
    file = tmp_path / "site.toml"
    file.write_text(f"[access]\n{text}\n")
    with pytest.raises(SettingsError, match=sentence):
        load_settings(file)
