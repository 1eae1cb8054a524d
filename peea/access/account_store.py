"""Accounts as the administrator sees and changes them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlite_utils import Database

from peea.access import attempts, passwords
from peea.access.accounts import (
    Account,
    account_of_row,
    account_row,
    checked_names,
    checked_wards,
    wards_text,
)
from peea.access.errors import AccountError, Ended
from peea.access.roles import Permission, Role
from peea.access.rules import AccessRules
from peea.access.signed_in import SignedIn, all_open_rows, end_row, ended, open_rows, signed_in, stamp
from peea.language import t
from peea.store.audit import Action, write_audit
from peea.store.database import named_errors
from peea.store.open_store import OpenStore
from peea.store.rights import needs


class AccountStore(OpenStore):
    """Accounts and who is signed in; see `OpenStore` for opening and errors.

    Nothing is deleted: who retires keeps the name that stands in the audit trail. One administrator who can sign in is
    always left. Further error of the calls that write: `AccountError`, with the `field` that cannot be right.
    """

    @needs(Permission.MANAGE_USERS)
    def accounts(self) -> list[Account]:
        """Return all accounts, those who can sign in first, by name."""
        with named_errors(self.path):
            rows = self._db.query("SELECT * FROM accounts ORDER BY retired_at IS NOT NULL, name")
            return [account_of_row(row) for row in rows]

    @needs(Permission.MANAGE_USERS)
    def account(self, account_id: str) -> Account:
        """Return one account."""
        with named_errors(self.path):
            return account_of_row(account_row(self._db, account_id))

    @needs(Permission.MANAGE_USERS)
    def make(
        self, sign_in_name: str, name: str, role: Role, wards: Iterable[str], rules: AccessRules
    ) -> tuple[Account, str]:
        """Make an account; return it with its one-time code, which is not kept and cannot be shown again."""
        code, hash_text, until = _new_code(rules)
        account_id = str(uuid.uuid4())
        with self._writing() as db:
            sign_in_name, name = checked_names(db, sign_in_name, name)
            kept = checked_wards(role, wards)
            db.table("accounts").insert(
                {
                    "account_id": account_id,
                    "sign_in_name": sign_in_name,
                    "name": name,
                    "role": role.value,
                    "wards": wards_text(kept),
                    "code": hash_text,
                    "code_until": until,
                    "made_at": stamp(datetime.now(UTC)),
                    "made_by": self.actor,
                }
            )
            write_audit(
                db,
                self.actor,
                Action.REGISTERED,
                "accounts",
                account_id,
                name=name,
                role=role.value,
                wards=sorted(kept),
            )
            return account_of_row(account_row(db, account_id)), code

    @needs(Permission.MANAGE_USERS)
    def change(self, account_id: str, name: str, role: Role, wards: Iterable[str]) -> Account:
        """Change name, role and wards; it holds at once, in the browsers where the person is signed in too."""
        with self._writing() as db:
            before = account_of_row(account_row(db, account_id))
            if role is not Role.ADMINISTRATOR:
                _keep_an_administrator(db, account_id, t("You would leave PEEA without an administrator."))
            _, name = checked_names(db, before.sign_in_name, name, account_id)
            kept = checked_wards(role, wards)
            db.execute(
                "UPDATE accounts SET name = ?, role = ?, wards = ? WHERE account_id = ?",
                [name, role.value, wards_text(kept), account_id],
            )
            after = account_of_row(account_row(db, account_id))
            changed = {
                field: {"before": _plain(getattr(before, field)), "after": _plain(getattr(after, field))}
                for field in ("name", "role", "wards")
                if getattr(before, field) != getattr(after, field)
            }
            if changed:
                write_audit(db, self.actor, Action.CORRECTED, "accounts", account_id, changes=changed)
            return after

    @needs(Permission.MANAGE_USERS)
    def new_code(self, account_id: str, rules: AccessRules) -> str:
        """Take the password away and return a one-time code for the next one; signs the person out everywhere.

        A name that was locked after wrong passwords is opened by it too.
        """
        code, hash_text, until = _new_code(rules)
        with self._writing() as db:
            account = self._usable(db, account_id)
            if not self.who.trusted:  # on the server itself it is the way back in for whoever forgot the password
                _keep_an_administrator(
                    db, account_id, t("You are the only administrator: change your password on the page My account.")
                )
            db.execute(
                "UPDATE accounts SET password = NULL, code = ?, code_until = ? WHERE account_id = ?",
                [hash_text, until, account_id],
            )
            attempts.forget(db, account.sign_in_name)
            self._end_all(db, open_rows(db, "account_id", account_id))
            write_audit(db, self.actor, Action.CODE_GIVEN, "accounts", account_id)
        return code

    @needs(Permission.MANAGE_USERS)
    def lock(self, account_id: str) -> None:
        """Let nobody in with this account until it is opened; signs the person out everywhere."""
        with self._writing() as db:
            self._usable(db, account_id)
            _keep_an_administrator(db, account_id, t("You would leave PEEA without an administrator."))
            now = stamp(datetime.now(UTC))
            db.execute("UPDATE accounts SET locked_at = ? WHERE account_id = ?", [now, account_id])
            self._end_all(db, open_rows(db, "account_id", account_id))
            write_audit(db, self.actor, Action.LOCKED, "accounts", account_id)

    @needs(Permission.MANAGE_USERS)
    def unlock(self, account_id: str) -> None:
        """Open an account that was locked, by an administrator or after wrong passwords."""
        with self._writing() as db:
            account = self._usable(db, account_id)
            db.execute("UPDATE accounts SET locked_at = NULL WHERE account_id = ?", [account_id])
            attempts.forget(db, account.sign_in_name)
            write_audit(db, self.actor, Action.UNLOCKED, "accounts", account_id)

    @needs(Permission.MANAGE_USERS)
    def retire(self, account_id: str) -> None:
        """Close an account for good; its names stay taken, since they stand in the audit trail."""
        with self._writing() as db:
            self._usable(db, account_id)
            _keep_an_administrator(db, account_id, t("You would leave PEEA without an administrator."))
            db.execute(
                "UPDATE accounts SET retired_at = ?, password = NULL, code = NULL, code_until = NULL "
                "WHERE account_id = ?",
                [stamp(datetime.now(UTC)), account_id],
            )
            self._end_all(db, open_rows(db, "account_id", account_id))
            write_audit(db, self.actor, Action.RETIRED, "accounts", account_id)

    @needs(Permission.MANAGE_USERS)
    def locked_names(self, rules: AccessRules) -> dict[str, datetime]:
        """Return which accounts are locked after wrong passwords, and until when."""
        now = datetime.now(UTC)
        with named_errors(self.path):
            found = {
                row["account_id"]: attempts.locked_until(self._db, row["sign_in_name"], now, rules)
                for row in self._db.query("SELECT account_id, sign_in_name FROM accounts WHERE retired_at IS NULL")
            }
        return {account_id: until for account_id, until in found.items() if until is not None}

    @needs(Permission.MANAGE_USERS)
    def signed_in(self, rules: AccessRules) -> list[SignedIn]:
        """Return who is signed in at present, a line a browser."""
        now = datetime.now(UTC)
        with named_errors(self.path):
            return [signed_in(row) for row in all_open_rows(self._db) if ended(row, now, rules) is None]

    @needs(Permission.MANAGE_USERS)
    def sign_out(self, sign_in_ids: Iterable[str]) -> None:
        """Sign people out, one browser each."""
        wanted = set(sign_in_ids)
        with self._writing() as db:
            self._end_all(db, [row for row in all_open_rows(db) if row["sign_in_id"] in wanted])

    def _usable(self, db: Database, account_id: str) -> Account:
        row = account_row(db, account_id)
        if row["retired_at"] is not None:
            raise AccountError("", t("This account was retired for good. Make a new one."))
        return account_of_row(row)

    def _end_all(self, db: Database, rows: list[dict]) -> None:
        for row in rows:
            if end_row(db, row["sign_in_id"], Ended.ADMINISTRATOR, datetime.now(UTC)):
                name = signed_in(row).actor.name
                detail = {"why": Ended.ADMINISTRATOR.value, "who": name}
                write_audit(db, self.actor, Action.SIGNED_OUT, "sign_ins", row["sign_in_id"], **detail)


def _new_code(rules: AccessRules) -> tuple[str, str, str]:
    """Return a one-time code, its hash, and until when it can be used."""
    code = passwords.new_code()
    until = datetime.now(UTC) + timedelta(hours=rules.code_h)
    return code, passwords.hashed(passwords.typed_code(code)), stamp(until)


def _keep_an_administrator(db: Database, account_id: str, sentence: str) -> None:
    """Refuse what would take the last administrator who can sign in."""
    able = "SELECT account_id FROM accounts WHERE role = ? AND password IS NOT NULL AND locked_at IS NULL"
    left = {row["account_id"] for row in db.query(f"{able} AND retired_at IS NULL", [Role.ADMINISTRATOR.value])}
    if left == {account_id}:
        raise AccountError("", sentence)


def _plain(value: object) -> object:
    """A value as the audit trail can hold it."""
    return sorted(value) if isinstance(value, frozenset) else str(value)
