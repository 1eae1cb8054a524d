"""`peea users`: what the person at the server sees and can do."""

from __future__ import annotations

import re

from typer.testing import CliRunner

from peea.access import Role
from peea.access.sign_in import CodeAccepted, SignIn
from peea.cli import app
from tests.access.signed_in import RULES, accounts_site, person, quick_hashes

__all__ = ["accounts_site", "quick_hashes"]


def test_the_only_administrator_gets_back_in_from_the_server_itself(accounts_site):
    person(Role.ADMINISTRATOR, name="Root")
    listed = CliRunner().invoke(app, ["users", "list"])
    assert re.search(r"root\s+Root\s+Administrator\s+ready", listed.stdout)
    given = CliRunner().invoke(app, ["users", "new-code", "ROOT"])
    assert given.exit_code == 0
    with SignIn(RULES) as front:
        assert isinstance(front.by_password("root", given.stdout.strip()), CodeAccepted)


def test_a_name_without_an_account_is_told(accounts_site):
    told = CliRunner().invoke(app, ["users", "new-code", "nobody"])
    assert told.exit_code == 2
    assert "There is no account" in told.output
