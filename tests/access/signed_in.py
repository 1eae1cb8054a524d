"""Pages with somebody signed in, without a browser: a site with accounts, people, the app as each of them sees it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from peea.access import Role, passwords
from peea.access.account_store import AccountStore
from peea.access.rules import AccessRules
from peea.access.sign_in import SignIn
from peea.access.signed_in import SignedIn
from peea.store.site_key import SiteKey

APP = Path(__file__).resolve().parents[2] / "app.py"
PATIENCE_S = 60
PASSWORD = "tea with the queen"
RULES = AccessRules(sign_in="accounts", wrong_before_lock=3)


@pytest.fixture
def quick_hashes(monkeypatch):
    """Argon2 with the least work that it allows: how slow it is, is not what is tested."""
    monkeypatch.setattr(passwords, "_hasher", passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobodys_hash.cache_clear()
    yield
    passwords._nobodys_hash.cache_clear()


@pytest.fixture
def accounts_site(tmp_path, monkeypatch, quick_hashes):
    """A site with accounts in an empty data folder; return the folder."""
    from pages.parts.visit import shared_settings

    settings = tmp_path / "site.toml"
    settings.write_text(f'[access]\nsign_in = "accounts"\nwrong_before_lock = {RULES.wrong_before_lock}\n')
    monkeypatch.setenv("PEEA_SETTINGS", str(settings))
    monkeypatch.setenv("PEEA_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("PEEA_KEY", SiteKey.new().text())
    shared_settings.clear()
    yield tmp_path / "data"
    shared_settings.clear()


def person(role: Role, wards: Iterable[str] = (), name: str = "Ada Kim", sign_in_name: str = "") -> SignedIn:
    """Make an account with the password PASSWORD and sign in with it; ward staff need `wards`."""
    with AccountStore(actor="test") as store:
        account, code = store.make(sign_in_name or name.split()[0].lower(), name, role, wards, RULES)
    with SignIn(RULES) as front:
        return front.by_code(account.sign_in_name, code, PASSWORD)


def seen_by(who: SignedIn | None, page: str | None = None, **address: str) -> AppTest:
    """Open the app as somebody who is signed in (None: nobody is), on a page if one is named."""
    app = AppTest.from_file(str(APP), default_timeout=PATIENCE_S)
    if who is not None:
        app.session_state["signed_in_as"] = (who, time.monotonic())
    app.run()
    if page is not None:
        app.switch_page(f"pages/{page}.py")
    for name, value in address.items():
        app.query_params[name] = value
    return app.run() if page is not None or address else app
