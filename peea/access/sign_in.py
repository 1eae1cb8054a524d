"""Signing in and out: the front that pages call before there is anybody who may do anything."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from peea.access import attempts, passwords
from peea.access.accounts import Account, account_of_row, account_row, checked_names, row_of_sign_in_name, wards_text
from peea.access.errors import AccountError, Ended, SignedOutError, SignInRefusedError
from peea.access.hospital import HospitalIdentity
from peea.access.roles import Role
from peea.access.rules import AccessRules
from peea.access.signed_in import SignedIn, end_row, ended, fingerprint, open_rows, row_of, signed_in, stamp, sweep
from peea.language import later, t
from peea.store.audit import Action, write_audit
from peea.store.database import named_errors
from peea.store.open_store import OpenStore
from peea.store.rights import harmless

SIGN_IN_ACTOR: Final = later("Sign-in")
"""Who stands in the audit trail for what happens before anybody is known."""

FIRST_SIGN_IN_NAME: Final = "administrator"
FIRST_NAME: Final = later("First administrator")

USE_NOTED_EVERY: Final = timedelta(seconds=15)
"""Use is noted no more often than this: it costs a write, and idle times are in minutes."""

TICKET_HOLDS: Final = timedelta(seconds=60)
"""For how long the browser may fetch the cookie of a sign-in that was just made."""

FRESH: Final = timedelta(minutes=5)
"""Age up to which a token of the hospital opens a sign-in: the way back from the hospital's page takes seconds."""


@dataclass(frozen=True)
class CodeAccepted:
    """The one-time code was right: the person now chooses a password."""

    account: Account


class SignIn(OpenStore):
    """Signing in and out, the own password; see `OpenStore` for opening and errors.

    Args:
        rules: of this site.
        path: of the data base.
        clock: tells the time in UTC.
    """

    def __init__(
        self,
        rules: AccessRules,
        path: Path | str | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(path, actor=SIGN_IN_ACTOR)
        self._rules = rules
        self._clock = clock

    @harmless("the password is asked for")
    def by_password(self, sign_in_name: str, secret: str, address: str = "") -> SignedIn | CodeAccepted:
        """Sign in with a password, or hand in a one-time code.

        Args:
            sign_in_name: as typed.
            secret: the password or the code, as typed.
            address: of the network from which somebody tries; empty for this machine.

        Raises:
            SignInRefusedError: name or password are wrong, or too many were before.
        """
        row, by_code = self._checked(sign_in_name, secret, address)
        if by_code:
            return CodeAccepted(account_of_row(row))
        if passwords.outdated(row["password"]):
            better = passwords.hashed(secret)
            with self._writing() as db:
                db.execute("UPDATE accounts SET password = ? WHERE account_id = ?", [better, row["account_id"]])
        return self._open(row["account_id"])

    @harmless("the code is asked for")
    def by_code(self, sign_in_name: str, code: str, password: str, address: str = "") -> SignedIn:
        """Choose the first password with a one-time code, and sign in.

        Raises:
            SignInRefusedError: the code is wrong or too old.
            AccountError: the password is too short, say.
        """
        row, by_code = self._checked(sign_in_name, code, address)
        if not by_code:
            raise SignInRefusedError(_wrong())
        self._set_password(row, password)
        return self._open(row["account_id"])

    @harmless("the hospital's token is asked for")
    def by_hospital(self, identity: HospitalIdentity) -> SignedIn:
        """Sign in somebody whom the hospital has just signed in, or go on with what that token opened before.

        Raises:
            SignInRefusedError: the token is not fresh and opened nothing that holds.
        """
        now = self._clock()
        with self._writing() as db:
            row = row_of(db, "id_token", identity.token_key)
            if row is not None:
                why = ended(row, now, self._rules)
                if why is None:
                    return signed_in(row)
                self._end(db, row, why)
            elif now - identity.issued_at <= FRESH and identity.issued_at - now <= FRESH:
                return self._insert(
                    db,
                    subject=identity.subject,
                    name=identity.name,
                    role=identity.role.value,
                    wards=wards_text(identity.wards),
                    id_token=identity.token_key,
                )
        raise SignedOutError(ended(row, now, self._rules) if row else None, self._rules.idle_min)

    @harmless("it tells about oneself")
    def active(self, sign_in_id: str) -> SignedIn:
        """Return a sign-in that holds.

        Raises:
            SignedOutError: it does not; `why` tells.
        """
        with named_errors(self.path):
            return self._active(row_of(self._db, "sign_in_id", sign_in_id))

    @harmless("the cookie is asked for")
    def of_token(self, token: str) -> SignedIn:
        """Return the sign-in whose cookie a browser sends.

        Raises:
            SignedOutError: it does not hold, or there is none.
        """
        with named_errors(self.path):
            return self._active(row_of(self._db, "token", fingerprint(token)))

    @harmless("it keeps oneself signed in")
    def use(self, who: SignedIn) -> None:
        """Note that somebody who is signed in is at work."""
        now = self._clock()
        if now - who.used_at >= USE_NOTED_EVERY:
            with self._writing() as db:
                db.execute(
                    "UPDATE sign_ins SET used_at = ? WHERE sign_in_id = ? AND ended_at IS NULL AND used_at < ?",
                    [stamp(now), who.sign_in_id, stamp(now)],
                )

    @harmless("it is about oneself")
    def ticket(self, sign_in_id: str) -> str:
        """Return what the browser fetches the cookie of this sign-in with, once and soon."""
        ticket = secrets.token_urlsafe(32)
        with self._writing() as db:
            db.execute(
                "UPDATE sign_ins SET ticket = ?, ticket_until = ? WHERE sign_in_id = ? AND ended_at IS NULL",
                [fingerprint(ticket), stamp(self._clock() + TICKET_HOLDS), sign_in_id],
            )
        return ticket

    @harmless("the ticket is asked for")
    def token(self, ticket: str) -> str:
        """Take a ticket in and return the value of the cookie.

        Raises:
            SignedOutError: the ticket is unknown, was used, or is too old.
        """
        token = secrets.token_urlsafe(32)
        with self._writing() as db:
            row = row_of(db, "ticket", fingerprint(ticket))
            if row is None or row["ticket_until"] < stamp(self._clock()):
                raise SignedOutError(None)
            db.execute(
                "UPDATE sign_ins SET token = ?, ticket = NULL, ticket_until = NULL WHERE sign_in_id = ?",
                [fingerprint(token), row["sign_in_id"]],
            )
        return token

    @harmless("it signs oneself out")
    def end(self, who: SignedIn) -> None:
        """Sign out here."""
        with self._writing() as db:
            self._end(db, self._row(db, who), Ended.SIGNED_OUT)

    @harmless("it signs oneself out")
    def end_everywhere(self, who: SignedIn) -> int:
        """Sign out in every browser; return in how many it was."""
        with self._writing() as db:
            return self._end_all(db, who, Ended.EVERYWHERE)

    @harmless("it tells about oneself")
    def mine(self, who: SignedIn) -> list[SignedIn]:
        """Return where this person is signed in, this sign-in among them."""
        now = self._clock()
        with named_errors(self.path):
            rows = open_rows(self._db, *_person(who))
        return [signed_in(row) for row in rows if ended(row, now, self._rules) is None]

    @harmless("the old password is asked for")
    def change_password(self, who: SignedIn, old: str, new: str, address: str = "") -> None:
        """Change the own password; everywhere else the person is signed out.

        Raises:
            AccountError: the old one is wrong, or the new one too short, say; `field` says which.
            SignInRefusedError: the old one was wrong too often.
        """
        with named_errors(self.path):
            row = account_row(self._db, who.account_id or "")
        try:
            row, _ = self._checked(row["sign_in_name"], old, address)
        except attempts.WrongSecretError as error:
            raise AccountError("old", t("This is not your password.")) from error
        if passwords.matches(new, row["password"]):
            raise AccountError("new", t("This is the password that you have. Choose another one."))
        self._set_password(row, new)
        with self._writing() as db:
            self._end_all(db, who, Ended.PASSWORD, but=who.sign_in_id)

    @harmless("called at the start of the server only, by no page")
    def first_administrator(self) -> tuple[str, str] | None:
        """Return the name and a new one-time code of the first administrator; None once one has a password."""
        code = passwords.new_code()
        hash_text = passwords.hashed(passwords.typed_code(code))
        until = stamp(self._clock() + timedelta(hours=self._rules.code_h))
        with self._writing() as db:
            administrators = list(
                db.query(
                    "SELECT * FROM accounts WHERE role = ? AND retired_at IS NULL ORDER BY made_at",
                    [Role.ADMINISTRATOR.value],
                )
            )
            if any(row["password"] for row in administrators):
                return None
            if administrators:
                name, account_id = administrators[0]["sign_in_name"], administrators[0]["account_id"]
            else:
                name, shown = checked_names(db, FIRST_SIGN_IN_NAME, t(FIRST_NAME))
                account_id = str(uuid.uuid4())
                db.execute(
                    "INSERT INTO accounts (account_id, sign_in_name, name, role, made_at, made_by) "
                    "VALUES (?, ?, ?, ?, ?, ?)",
                    [account_id, name, shown, Role.ADMINISTRATOR.value, stamp(self._clock()), SIGN_IN_ACTOR],
                )
                write_audit(db, SIGN_IN_ACTOR, Action.REGISTERED, "accounts", account_id, role=Role.ADMINISTRATOR.value)
            db.execute(
                "UPDATE accounts SET code = ?, code_until = ?, locked_at = NULL WHERE account_id = ?",
                [hash_text, until, account_id],
            )
            write_audit(db, SIGN_IN_ACTOR, Action.CODE_GIVEN, "accounts", account_id, printed="console")
        return name, code

    def _checked(self, sign_in_name: str, secret: str, address: str) -> tuple[dict[str, Any], bool]:
        """Return the row of an account whose password this is, or whose one-time code (True)."""
        now = self._clock()
        with self._writing() as db:
            # Noted before it is checked: attempts that are made at the same time must not all pass the count.
            attempts.note(db, sign_in_name, address, now, self._rules)
        with named_errors(self.path):
            row = row_of_sign_in_name(self._db, sign_in_name)
        by_code = row is not None and row["code"] is not None
        if by_code and row is not None:
            right = passwords.matches(passwords.typed_code(secret), row["code"]) and row["code_until"] >= stamp(now)
        else:
            right = passwords.matches(secret, row["password"] if row else None)
        if row is None or not right:
            if row is not None:
                with self._writing() as db:
                    locked = attempts.locked_until(db, sign_in_name, now, self._rules) is not None
                    write_audit(db, SIGN_IN_ACTOR, Action.SIGN_IN_REFUSED, "accounts", row["account_id"], locked=locked)
            raise attempts.WrongSecretError(_wrong())
        with self._writing() as db:
            attempts.forget(db, sign_in_name)
            if row["locked_at"] is not None:
                write_audit(db, SIGN_IN_ACTOR, Action.SIGN_IN_REFUSED, "accounts", row["account_id"], locked=True)
        if row["locked_at"] is not None:
            raise SignInRefusedError(t("This account is locked. Ask the administrator to open it."))
        return row, by_code

    def _set_password(self, row: dict[str, Any], password: str) -> None:
        problem = passwords.password_problem(password, self._rules.password_least, row["sign_in_name"], row["name"])
        if problem:
            raise AccountError("new", problem)
        hash_text = passwords.hashed(password)
        with self._writing() as db:
            db.execute(
                "UPDATE accounts SET password = ?, code = NULL, code_until = NULL WHERE account_id = ?",
                [hash_text, row["account_id"]],
            )
            write_audit(db, row["name"], Action.PASSWORD_SET, "accounts", row["account_id"])

    def _open(self, account_id: str) -> SignedIn:
        with self._writing() as db:
            db.execute("UPDATE accounts SET signed_in_at = ? WHERE account_id = ?", [stamp(self._clock()), account_id])
            return self._insert(db, account_id=account_id)

    def _insert(self, db: Database, **columns: str) -> SignedIn:
        now = self._clock()
        sweep(db, now, self._rules)
        sign_in_id = str(uuid.uuid4())
        db.table("sign_ins").insert(
            {"sign_in_id": sign_in_id, "started_at": stamp(now), "used_at": stamp(now), **columns}
        )
        row = row_of(db, "sign_in_id", sign_in_id)
        assert row is not None  # inserted above, in the same transaction
        who = signed_in(row)
        write_audit(db, who.actor.name, Action.SIGNED_IN, "sign_ins", sign_in_id)
        return who

    def _active(self, row: dict[str, Any] | None) -> SignedIn:
        if row is None:
            raise SignedOutError(None)
        why = ended(row, self._clock(), self._rules)
        if why is None:
            return signed_in(row)
        if row["ended_at"] is None:
            with self._writing() as db:
                self._end(db, row, why)
        raise SignedOutError(why, self._rules.idle_min)

    def _row(self, db: Database, who: SignedIn) -> dict[str, Any]:
        row = row_of(db, "sign_in_id", who.sign_in_id)
        if row is None:
            raise SignedOutError(None)
        return row

    def _end(self, db: Database, row: dict[str, Any], why: Ended) -> None:
        if end_row(db, row["sign_in_id"], why, self._clock()):
            name = signed_in(row).actor.name
            write_audit(db, name, Action.SIGNED_OUT, "sign_ins", row["sign_in_id"], why=why.value)

    def _end_all(self, db: Database, who: SignedIn, why: Ended, but: str | None = None) -> int:
        rows = [row for row in open_rows(db, *_person(who)) if row["sign_in_id"] != but]
        for row in rows:
            self._end(db, row, why)
        return len(rows)


def _person(who: SignedIn) -> tuple[str, str]:
    """By which column and value the sign-ins of one person are found."""
    return ("account_id", who.account_id) if who.account_id is not None else ("subject", who.subject or "")


def _wrong() -> str:
    return t("Name or password is wrong. A one-time code works once, and only until its date.")
