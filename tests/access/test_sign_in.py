"""Signing in at the boundary that pages use: passwords, codes, locks, idle times, the cookie, the hospital's token."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from peea.access import Actor, Role, passwords
from peea.access.account_store import AccountStore
from peea.access.accounts import AccountState
from peea.access.attempts import WrongSecretError
from peea.access.errors import AccountError, Ended, SignedOutError, SignInRefusedError
from peea.access.hospital import hospital_identity
from peea.access.rules import AccessRules
from peea.access.sign_in import CodeAccepted, SignIn
from peea.access.signed_in import SignedIn
from peea.store import PatientLog

RULES = AccessRules(sign_in="accounts", wrong_before_lock=3, wrong_from_one_place=10)
PASSWORD, OTHER = "tea with the queen", "a walk by the sea"
START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


class Clock:
    """A clock that tests move."""

    def __init__(self, now: datetime | None = None) -> None:
        self.now = now or datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def on(self, **more: float) -> None:
        self.now += timedelta(**more)


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch):
    """Argon2 with the least work that it allows: what is tested here is not how slow it is."""
    monkeypatch.setattr(passwords, "_hasher", passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobodys_hash.cache_clear()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "peea.db"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def front(path, clock):
    with SignIn(RULES, path, clock) as opened:
        yield opened


def make_account(path, sign_in_name="kim", name="Ada Kim", role=Role.WARD_STAFF, wards=("7B",)):
    with AccountStore(path, actor="test") as store:
        return store.make(sign_in_name, name, role, wards, RULES)


def signed_up(path, front, **fields) -> SignedIn:
    account, code = make_account(path, **fields)
    return front.by_code(account.sign_in_name, code, PASSWORD)


def actions(path):
    with PatientLog(path, actor="test") as log:
        return [(row.action.value, row.actor) for row in log.audit() if row.table_name in ("accounts", "sign_ins")]


class TestFirstPassword:
    def test_the_first_administrator_comes_by_the_code_of_the_console_once(self, front, path):
        name, code = front.first_administrator()
        came = front.by_password(name, code.lower().replace("-", " "))
        assert isinstance(came, CodeAccepted)
        who = front.by_code(name, code, PASSWORD)
        assert who.actor.role is Role.ADMINISTRATOR
        assert front.first_administrator() is None
        with pytest.raises(SignInRefusedError):
            front.by_code(name, code, OTHER)

    def test_until_then_each_start_gives_a_new_code_and_the_old_one_is_worth_nothing(self, front):
        name, old = front.first_administrator()
        again, new = front.first_administrator()
        assert (again, new != old) == (name, True)
        with pytest.raises(SignInRefusedError):
            front.by_password(name, old)
        assert isinstance(front.by_password(name, new), CodeAccepted)

    def test_a_code_ends_with_its_time(self, front, path, clock):
        account, code = make_account(path)
        clock.on(hours=RULES.code_h + 1)
        with pytest.raises(SignInRefusedError):
            front.by_password(account.sign_in_name, code)

    @pytest.mark.parametrize(
        ("password", "sentence"),
        [
            ("short", "12 characters or more"),
            ("aaaaaaaaaaaaaaaa", "repeats too few"),
            ("my name is ada kim", "your own name"),
            ("x" * 129, "128 characters at most"),
        ],
    )
    def test_a_password_that_cannot_be_is_told_and_the_code_still_works(self, front, path, password, sentence):
        account, code = make_account(path)
        with pytest.raises(AccountError, match=sentence):
            front.by_code(account.sign_in_name, code, password)
        assert front.by_code(account.sign_in_name, code, PASSWORD).name == "Ada Kim"

    def test_nothing_that_opens_an_account_is_kept_in_the_data_base(self, front, path):
        account, code = make_account(path)
        who = front.by_code(account.sign_in_name, code, PASSWORD)
        token = front.token(front.ticket(who.sign_in_id))
        kept = b"".join(file.read_bytes() for file in path.parent.iterdir())
        assert b"Ada Kim" in kept
        for secret in (PASSWORD, code, passwords.typed_code(code), token):
            assert secret.encode() not in kept


class TestWrongPasswords:
    def test_the_answer_does_not_tell_whether_there_is_such_an_account(self, front, path):
        signed_up(path, front)
        answers = set()
        for name in ("kim", "nobody"):
            with pytest.raises(WrongSecretError) as refused:
                front.by_password(name, "wrong")
            answers.add(str(refused.value))
        assert len(answers) == 1

    @pytest.mark.parametrize("name", ["kim", "KIM ", "nobody"])
    def test_a_name_is_locked_after_wrong_passwords_even_for_the_right_one_and_opens_by_itself(
        self, front, path, clock, name
    ):
        signed_up(path, front)
        for _ in range(RULES.wrong_before_lock):
            with pytest.raises(WrongSecretError):
                front.by_password(name, "wrong")
        with pytest.raises(SignInRefusedError, match="locked until"):
            front.by_password(name, PASSWORD)
        clock.on(minutes=RULES.lock_min + 1)
        if name != "nobody":
            assert front.by_password(name, PASSWORD).name == "Ada Kim"

    def test_the_right_password_in_between_starts_the_count_anew(self, front, path):
        signed_up(path, front)
        for _ in range(3):
            for _ in range(RULES.wrong_before_lock - 1):
                with pytest.raises(WrongSecretError):
                    front.by_password("kim", "wrong")
            front.by_password("kim", PASSWORD)

    @pytest.mark.parametrize("place", ["192.0.2.7", ""])
    def test_one_place_that_tries_many_names_is_refused_and_others_are_not(self, front, path, place):
        signed_up(path, front)
        for number in range(RULES.wrong_from_one_place):
            with pytest.raises(WrongSecretError):
                front.by_password(f"name {number}", "wrong", place)
        with pytest.raises(SignInRefusedError, match="from this network"):
            front.by_password("kim", PASSWORD, place)
        assert front.by_password("kim", PASSWORD, "192.0.2.8").name == "Ada Kim"

    def test_an_administrator_opens_a_locked_name(self, front, path):
        who = signed_up(path, front)
        for _ in range(RULES.wrong_before_lock):
            with pytest.raises(WrongSecretError):
                front.by_password("kim", "wrong")
        with AccountStore(path, actor="test") as store:
            assert set(store.locked_names(RULES)) == {who.account_id}
            store.unlock(who.account_id)
            assert store.locked_names(RULES) == {}
        assert front.by_password("kim", PASSWORD).name == "Ada Kim"
        assert ("sign-in refused", "Sign-in") in actions(path)


class TestSignedIn:
    def test_it_ends_when_idle_and_lasts_while_used(self, front, path, clock):
        who = signed_up(path, front)
        for _ in range(4):
            clock.on(minutes=RULES.idle_min - 1)
            front.use(front.active(who.sign_in_id))
        clock.on(minutes=RULES.idle_min)
        with pytest.raises(SignedOutError, match="not used for 15 min") as ended:
            front.active(who.sign_in_id)
        assert ended.value.why is Ended.IDLE
        clock.on(minutes=-RULES.idle_min)
        with pytest.raises(SignedOutError):
            front.active(who.sign_in_id)

    def test_it_ends_after_a_shift_however_busy(self, front, path, clock):
        who = signed_up(path, front)
        for _ in range(RULES.longest_h * 6 - 1):
            clock.on(minutes=10)
            front.use(front.active(who.sign_in_id))
        clock.on(minutes=10)
        with pytest.raises(SignedOutError) as ended:
            front.active(who.sign_in_id)
        assert ended.value.why is Ended.LONG

    def test_a_clock_that_jumps_back_keeps_nobody_signed_in(self, front, path, clock):
        who = signed_up(path, front)
        clock.on(days=-1)
        with pytest.raises(SignedOutError):
            front.active(who.sign_in_id)

    def test_the_browser_comes_back_by_its_cookie_until_signed_out(self, front, path):
        who = signed_up(path, front)
        ticket = front.ticket(who.sign_in_id)
        token = front.token(ticket)
        assert front.of_token(token).sign_in_id == who.sign_in_id
        with pytest.raises(SignedOutError):
            front.token(ticket)
        front.end(who)
        with pytest.raises(SignedOutError) as ended:
            front.of_token(token)
        assert ended.value.why is Ended.SIGNED_OUT
        with pytest.raises(SignedOutError):
            front.of_token("made up")

    def test_a_ticket_is_worth_nothing_after_a_minute(self, front, path, clock):
        ticket = front.ticket(signed_up(path, front).sign_in_id)
        clock.on(seconds=61)
        with pytest.raises(SignedOutError):
            front.token(ticket)

    def test_signing_out_everywhere_ends_the_own_ones_and_nobody_elses(self, front, path):
        mine = [signed_up(path, front), front.by_password("kim", PASSWORD)]
        other = signed_up(path, front, sign_in_name="low", name="Ben Low")
        assert len(front.mine(mine[0])) == 2
        assert front.end_everywhere(mine[0]) == 2
        for who in mine:
            with pytest.raises(SignedOutError):
                front.active(who.sign_in_id)
        assert front.active(other.sign_in_id).name == "Ben Low"

    def test_changing_the_password_ends_the_other_sign_ins(self, front, path):
        here, there = signed_up(path, front), front.by_password("kim", PASSWORD)
        with pytest.raises(AccountError, match="not your password") as wrong:
            front.change_password(here, "wrong", OTHER)
        assert wrong.value.field == "old"
        with pytest.raises(AccountError, match="the password that you have"):
            front.change_password(here, PASSWORD, PASSWORD)
        front.change_password(here, PASSWORD, OTHER)
        assert front.active(here.sign_in_id)
        with pytest.raises(SignedOutError) as ended:
            front.active(there.sign_in_id)
        assert ended.value.why is Ended.PASSWORD
        with pytest.raises(SignInRefusedError):
            front.by_password("kim", PASSWORD)
        assert front.by_password("kim", OTHER).name == "Ada Kim"

    def test_a_change_of_role_and_wards_holds_at_once(self, front, path):
        who = signed_up(path, front)
        with AccountStore(path, actor="test") as store:
            store.change(who.account_id, "Ada Kim", Role.WARD_STAFF, ["8A"])
        assert front.active(who.sign_in_id).actor.wards == frozenset({"8A"})

    @pytest.mark.parametrize("deed", ["lock", "retire"])
    def test_who_is_locked_or_retired_is_out_at_once_and_stays_out(self, front, path, deed):
        who = signed_up(path, front)
        with AccountStore(path, actor="test") as store:
            getattr(store, deed)(who.account_id)
        with pytest.raises(SignedOutError) as ended:
            front.active(who.sign_in_id)
        assert ended.value.why is Ended.ADMINISTRATOR
        with pytest.raises(SignInRefusedError):
            front.by_password("kim", PASSWORD)


class TestAccounts:
    def test_names_are_those_of_one_person_only(self, path):
        make_account(path)
        for fields, field in (
            ({"sign_in_name": " KIM ", "name": "Other"}, "sign_in_name"),
            ({"sign_in_name": "other", "name": "ada  kim"}, "name"),
            ({"sign_in_name": "", "name": "Other"}, "sign_in_name"),
            ({"sign_in_name": "other", "name": "x" * 81}, "name"),
            ({"sign_in_name": "other", "name": "Other", "wards": ()}, "wards"),
        ):
            with pytest.raises(AccountError) as refused:
                make_account(path, **fields)
            assert refused.value.field == field

    def test_the_last_administrator_stays(self, front, path):
        who = signed_up(path, front, sign_in_name="root", name="Root", role=Role.ADMINISTRATOR)
        boss = Actor("Root", Role.ADMINISTRATOR)
        with AccountStore(path, actor=boss) as store:
            for deed in (
                lambda: store.lock(who.account_id),
                lambda: store.retire(who.account_id),
                lambda: store.new_code(who.account_id, RULES),
                lambda: store.change(who.account_id, "Root", Role.RATER, ()),
            ):
                with pytest.raises(AccountError, match="administrator"):
                    deed()
            with AccountStore(path, actor="the server itself") as server:
                code = server.new_code(who.account_id, RULES)
            front.by_code("root", code, OTHER)
            signed_up(path, front, sign_in_name="second", name="Second", role=Role.ADMINISTRATOR)
            store.retire(who.account_id)
            assert [one.state for one in store.accounts()] == [AccountState.READY, AccountState.RETIRED]

    def test_a_new_code_takes_the_password_away(self, front, path):
        who = signed_up(path, front)
        with AccountStore(path, actor="test") as store:
            code = store.new_code(who.account_id, RULES)
        with pytest.raises(SignedOutError):
            front.active(who.sign_in_id)
        with pytest.raises(SignInRefusedError):
            front.by_password("kim", PASSWORD)
        assert front.by_code("kim", code, OTHER).name == "Ada Kim"


HOSPITAL = AccessRules(
    sign_in="oidc", role_claim="realm_access.roles", roles="PEEA-Nurses = ward_staff, PEEA-Pain = pain_lead"
)


def claims(**changed):
    issued = changed.pop("issued", START)
    known = {"iss": "https://id.hospital.example", "aud": "peea", "sub": "4711", "name": "Ada Kim", "nonce": "n1"}
    wards_and_roles = {"realm_access": {"roles": ["staff", "PEEA-Nurses"]}, "peea_wards": "7B, 8A"}
    return {**known, **wards_and_roles, "iat": int(issued.timestamp()), **changed}


class TestHospital:
    def test_claims_give_name_role_and_wards(self):
        who = hospital_identity(claims(), HOSPITAL)
        assert (who.subject, who.name, who.role) == ("4711", "Ada Kim", Role.WARD_STAFF)
        assert who.wards == frozenset({"7B", "8A"})

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"realm_access": {"roles": ["staff"]}}, "no role in PEEA"),
            ({"realm_access": "administrator"}, "no role in PEEA"),
            ({"realm_access": {"roles": ["PEEA-Nurses", "PEEA-Pain"]}}, "several roles"),
            ({"peea_wards": []}, "names no ward"),
            ({"sub": None}, "did not say who you are"),
            ({"iat": "now"}, "did not say who you are"),
        ],
    )
    def test_a_token_that_gives_no_clear_role_opens_nothing(self, changed, sentence):
        with pytest.raises(SignInRefusedError, match=sentence):
            hospital_identity(claims(**changed), HOSPITAL)

    def test_one_token_opens_one_sign_in_and_only_while_it_is_fresh(self, path):
        clock = Clock(START)
        identity = hospital_identity(claims(), HOSPITAL)
        with SignIn(HOSPITAL, path, clock) as front:
            who = front.by_hospital(identity)
            assert who.actor.name == "Ada Kim (4711)"
            clock.on(minutes=10)
            assert front.by_hospital(identity).sign_in_id == who.sign_in_id
            clock.on(minutes=HOSPITAL.idle_min)
            with pytest.raises(SignedOutError) as ended:
                front.by_hospital(identity)  # the cookie of 30 days, after the idle time
            assert ended.value.why is Ended.IDLE
            with pytest.raises(SignedOutError):
                front.by_hospital(hospital_identity(claims(nonce="n2"), HOSPITAL))  # never used here, but old
            fresh = hospital_identity(claims(nonce="n3", issued=clock()), HOSPITAL)
            assert front.by_hospital(fresh).sign_in_id != who.sign_in_id
