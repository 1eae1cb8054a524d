"""Wrong attempts at signing in: a name is locked for a while after too many, and so is a network address."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlite_utils import Database

from peea.access.accounts import plain_name
from peea.access.errors import SignInRefusedError
from peea.access.rules import AccessRules
from peea.access.signed_in import fingerprint, stamp
from peea.clock import on_ward
from peea.language import t


class WrongSecretError(SignInRefusedError):
    """Name and password do not belong together."""


def note(db: Database, sign_in_name: str, address: str, now: datetime, rules: AccessRules) -> None:
    """Note an attempt as a wrong one, until `forget` says that it was right.

    It makes no difference whether there is an account of that name: nobody learns which names there are.

    Raises:
        SignInRefusedError: there were too many, of this name or from this address; this one is not counted.
    """
    until = locked_until(db, sign_in_name, now, rules)
    if until is not None:
        raise SignInRefusedError(
            t(
                "Too many wrong passwords for this name: it is locked until {clock}. An administrator can open it "
                "sooner.",
                clock=f"{on_ward(until):%H:%M}",
            )
        )
    until = _until(db, "address", address, rules.wrong_from_one_place, now, rules)
    if until is not None:
        raise SignInRefusedError(
            t(
                "Too many wrong attempts from this network: nobody can sign in from here until {clock}.",
                clock=f"{on_ward(until):%H:%M}",
            )
        )
    db.execute(
        "INSERT INTO wrong_attempts (at, name, address) VALUES (?, ?, ?)", [stamp(now), _key(sign_in_name), address]
    )


def locked_until(db: Database, sign_in_name: str, now: datetime, rules: AccessRules) -> datetime | None:
    """Return until when a name is locked after wrong passwords, or None."""
    return _until(db, "name", _key(sign_in_name), rules.wrong_before_lock, now, rules)


def forget(db: Database, sign_in_name: str) -> None:
    """Count the wrong attempts of a name no more: the right password came, or an administrator opened it."""
    db.execute("DELETE FROM wrong_attempts WHERE name = ?", [_key(sign_in_name)])


def _until(db: Database, column: str, value: str, allowed: int, now: datetime, rules: AccessRules) -> datetime | None:
    window = timedelta(minutes=rules.lock_min)
    rows = list(
        db.query(
            f"SELECT at FROM wrong_attempts WHERE {column} = ? AND at > ? ORDER BY at DESC LIMIT ?",
            [value, stamp(now - window), allowed],
        )
    )
    return datetime.fromisoformat(rows[0]["at"]) + window if len(rows) == allowed else None


def _key(sign_in_name: str) -> str:
    return fingerprint(plain_name(sign_in_name).casefold())
