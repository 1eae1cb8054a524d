"""Signing in in Chromium: accounts of PEEA, and accounts of a hospital by a real provider of OpenID Connect."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import oidc_provider_mock
import pytest
from playwright.sync_api import Browser, Page, expect

from peea.access import Role
from peea.access.account_store import AccountStore
from peea.access.rules import AccessRules
from peea.access.sign_in import SignIn
from peea.access.web import COOKIE
from peea.store.site_key import SiteKey
from tests.browser.app_server import DESKTOP, Server, running_app
from tests.browser.conftest import PATIENCE_MS

pytestmark = pytest.mark.browser

PASSWORD = "tea with the queen"
WARD = "Demonstration ward"
SOMEBODY = "Agnes Marlow"
WRONG_BEFORE_LOCK = 3
ACCOUNTS = f'[access]\nsign_in = "accounts"\nwrong_before_lock = {WRONG_BEFORE_LOCK}\n'
HOSPITAL = '[access]\nsign_in = "oidc"\nrole_claim = "groups"\nroles = "PEEA-Nurses = ward_staff"\n'
SECRETS = """
[auth]
redirect_uri = "http://localhost:{{port}}/oauth2callback"
cookie_secret = "a secret of this test and of nothing else"
client_id = "peea"
client_secret = "of this test"
server_metadata_url = "http://localhost:{port}/.well-known/openid-configuration"
"""


@pytest.fixture(scope="module")
def environment() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PEEA_KEY", SiteKey.new().text())
        yield patch


@pytest.fixture(scope="module")
def site(tmp_path_factory, environment) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("accounts")
    (folder / "site.toml").write_text(ACCOUNTS)
    environment.setenv("PEEA_SETTINGS", str(folder / "site.toml"))
    with running_app(folder, tmp_path_factory.mktemp("temporary")) as started:
        yield started


@pytest.fixture(scope="module")
def hospital_site(tmp_path_factory, environment) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("hospital")
    (folder / "site.toml").write_text(HOSPITAL)
    environment.setenv("PEEA_SETTINGS", str(folder / "site.toml"))
    people = [
        oidc_provider_mock.User(
            sub="nurse", claims={"name": "Ada Kim", "groups": ["all", "PEEA-Nurses"], "peea_wards": [WARD]}
        ),
        oidc_provider_mock.User(sub="visitor", claims={"name": "Ben Low", "groups": ["all"]}),
    ]
    with oidc_provider_mock.run_server_in_thread(user_claims=people) as provider:
        secrets = folder / "secrets.toml"
        secrets.write_text(SECRETS.format(port=provider.server_port))
        with running_app(folder, tmp_path_factory.mktemp("temporary"), "--secrets.files", str(secrets)) as started:
            yield started


def window(browser: Browser) -> Page:
    context = browser.new_context(viewport=DESKTOP, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    return context.new_page()


@pytest.fixture
def open_window(chromium: Browser) -> Iterator:
    windows: list[Page] = []

    def opened() -> Page:
        windows.append(window(chromium))
        return windows[-1]

    yield opened
    for page in windows:
        page.context.close()


def account(site: Server, sign_in_name: str, name: str, role: Role) -> None:
    rules = AccessRules(sign_in="accounts")
    with AccountStore(site.database, actor="browser test") as store:
        _, code = store.make(sign_in_name, name, role, [WARD], rules)
    with SignIn(rules, site.database) as front:
        front.end(front.by_code(sign_in_name, code, PASSWORD))


def sign_in(page: Page, name: str, secret: str) -> None:
    page.get_by_label("Sign-in name").fill(name)
    page.get_by_label("Password or one-time code").fill(secret)
    page.get_by_role("button", name="Sign in").click()


def asked_to_sign_in(page: Page) -> None:
    page.get_by_role("heading", name="Sign in to PEEA").wait_for()
    expect(page.get_by_text(SOMEBODY)).to_have_count(0)


def has_cookie(page: Page) -> None:
    """Wait until the browser has the cookie, which no script can read."""
    page.wait_for_function("() => window.peeaUse")
    for _ in range(100):
        kept = [one for one in page.context.cookies() if one["name"] == COOKIE]
        if kept:
            break
        page.wait_for_timeout(100)
    (cookie,) = kept
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"
    assert cookie["expires"] == -1, "it ends with the browser"


def leave_alone(site: Server, minutes: float) -> None:
    """Put the last use of everybody back: the page is left alone for so long."""
    with SignIn(AccessRules(), site.database) as front, front._writing() as db:
        used = (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat(timespec="microseconds")
        db.execute("UPDATE sign_ins SET used_at = ? WHERE ended_at IS NULL", [used])


def test_the_first_administrator_comes_in_by_the_code_of_the_console(site, open_window):
    code = re.search(r"code\s+([A-Z0-9-]{19})", (site.database.parent / "server.log").read_text()).group(1)
    page = open_window()
    page.goto(site.url)
    asked_to_sign_in(page)
    sign_in(page, "administrator", code)
    page.get_by_label("New password, 12 characters or more").fill(PASSWORD)
    page.get_by_label("The new password again").fill(PASSWORD)
    page.get_by_role("button", name="Keep this password").click()
    page.get_by_role("heading", name="Users").wait_for()
    expect(page.get_by_text("Signed in: First administrator")).to_be_visible()
    expect(page.get_by_role("link", name="Patient log")).to_have_count(0)


def test_a_wrong_password_is_told_and_locks_the_name_after_some(site, open_window):
    account(site, "low", "Ben Low", Role.WARD_STAFF)
    page = open_window()
    page.goto(f"{site.url}/patient-log")
    for _ in range(WRONG_BEFORE_LOCK):
        asked_to_sign_in(page)
        sign_in(page, "low", "wrong")
        expect(page.get_by_text("Name or password is wrong.")).to_be_visible()
        page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for(state="attached")
    sign_in(page, "low", PASSWORD)
    expect(page.get_by_text("it is locked until")).to_be_visible()
    asked_to_sign_in(page)


def test_it_outlives_a_reload_and_ends_by_itself_when_the_page_is_left_alone(site, open_window):
    account(site, "kim", "Ada Kim", Role.WARD_STAFF)
    page = open_window()
    page.goto(f"{site.url}/patient-log")
    sign_in(page, "kim", PASSWORD)
    expect(page.get_by_text(SOMEBODY)).to_be_visible()
    has_cookie(page)
    page.reload()
    expect(page.get_by_text(SOMEBODY)).to_be_visible()
    leave_alone(site, 15)
    expect(page.get_by_text("PEEA was not used for 15 min")).to_be_visible()
    asked_to_sign_in(page)
    page.reload()
    asked_to_sign_in(page)


def test_signing_out_everywhere_closes_the_other_windows(site, open_window):
    account(site, "gold", "Eve Gold", Role.RATER)
    here, there = open_window(), open_window()
    for page in (here, there):
        page.goto(f"{site.url}/my-account")
        sign_in(page, "gold", PASSWORD)
        page.get_by_role("heading", name="My account").wait_for()
    for page in (here, there):
        has_cookie(page)
    here.reload()
    here.get_by_role("button", name="Sign out everywhere (2 devices)").click()
    expect(here.get_by_text("You are signed out on all devices.")).to_be_visible()
    asked_to_sign_in(there)
    there.reload()
    asked_to_sign_in(there)


def with_the_hospital(page: Page, subject: str) -> None:
    page.get_by_role("button", name="Sign in with the hospital account").click()
    page.get_by_placeholder("sub").fill(subject)
    page.get_by_role("button", name="Authorize").click()


def test_hospital_accounts_bring_role_and_wards_and_streamlits_cookie_opens_nothing_later(hospital_site, open_window):
    page = open_window()
    page.goto(hospital_site.url)
    asked_to_sign_in(page)
    with_the_hospital(page, "nurse")
    expect(page.get_by_text("Signed in: Ada Kim")).to_be_visible()
    expect(page.get_by_text(f"Ward staff, {WARD}")).to_be_visible()
    expect(page.get_by_text(SOMEBODY)).to_be_visible()
    has_cookie(page)
    page.reload()
    expect(page.get_by_text(SOMEBODY)).to_be_visible()
    leave_alone(hospital_site, 16)
    page.reload()
    expect(page.get_by_text("PEEA was not used for 15 min")).to_be_visible()
    assert any(one["name"] == "_streamlit_user" for one in page.context.cookies()), "it lives for thirty days"
    asked_to_sign_in(page)
    with_the_hospital(page, "nurse")
    expect(page.get_by_text(SOMEBODY)).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/oauth2/end_session**")  # the next person at this tablet must not come in by the hospital's
    page.goto(hospital_site.url)
    asked_to_sign_in(page)


def test_a_hospital_account_without_a_role_stays_outside_and_is_told_why(hospital_site, open_window):
    page = open_window()
    page.goto(hospital_site.url)
    with_the_hospital(page, "visitor")
    expect(page.get_by_text("has no role in PEEA")).to_be_visible()
    asked_to_sign_in(page)
