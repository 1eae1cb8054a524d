"""Who is signed in, as rows of the data base: since when, when last used, why no longer."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlite_utils import Database

from peea.access.actors import Actor
from peea.access.errors import Ended
from peea.access.roles import Role
from peea.access.rules import AccessRules

KEPT: Final = timedelta(days=90)
"""How long an ended sign-in stays in the data base; the audit trail keeps that there was one."""

_JOINED: Final = """
    SELECT sign_ins.*, accounts.name AS account_name, accounts.role AS account_role, accounts.wards AS account_wards,
        accounts.locked_at, accounts.retired_at
    FROM sign_ins LEFT JOIN accounts USING (account_id)
"""


@dataclass(frozen=True)
class SignedIn:
    """One person in one browser, from signing in to signing out.

    Attributes:
        sign_in_id: random; says nothing to anybody else.
        account_id: of an account of PEEA; None for one of the hospital's.
        subject: of an account of the hospital; None for one of PEEA's.
        name: as shown.
        actor: who reads and writes; of an account of the hospital the name holds the subject, which is unique.
        started_at, used_at: in UTC.
        cookie: whether the browser has its cookie.
    """

    sign_in_id: str
    account_id: str | None
    subject: str | None
    name: str
    actor: Actor
    started_at: datetime
    used_at: datetime
    cookie: bool


def stamp(moment: datetime) -> str:
    """Return a time as these tables keep it, so that text sorts as time does."""
    return moment.isoformat(timespec="microseconds")


def fingerprint(secret: str) -> str:
    """Return SHA-256 of a random value: enough for what nobody can guess, unlike a password."""
    return hashlib.sha256(secret.encode()).hexdigest()


def row_of(db: Database, column: str, value: str) -> dict[str, Any] | None:
    """Return the sign-in with this value in a unique column, or None."""
    return next(db.query(f"{_JOINED} WHERE sign_ins.{column} = ?", [value]), None)


def open_rows(db: Database, person: str, value: str) -> list[dict[str, Any]]:
    """Return the sign-ins of a person that have not ended, by `account_id` or `subject`."""
    return list(db.query(f"{_JOINED} WHERE sign_ins.{person} = ? AND ended_at IS NULL ORDER BY started_at", [value]))


def all_open_rows(db: Database) -> list[dict[str, Any]]:
    """Return the sign-ins of everybody that have not ended."""
    return list(db.query(f"{_JOINED} WHERE ended_at IS NULL ORDER BY started_at"))


def signed_in(row: dict[str, Any]) -> SignedIn:
    """Return the sign-in of a row."""
    if row["account_id"] is not None:
        shown, role, wards = row["account_name"], row["account_role"], row["account_wards"]
        known_as = shown
    else:
        shown, role, wards = row["name"], row["role"], row["wards"]
        known_as = f"{shown} ({row['subject']})"
    return SignedIn(
        sign_in_id=row["sign_in_id"],
        account_id=row["account_id"],
        subject=row["subject"],
        name=shown,
        actor=Actor(known_as, Role(role), frozenset(json.loads(wards))),
        started_at=datetime.fromisoformat(row["started_at"]),
        used_at=datetime.fromisoformat(row["used_at"]),
        cookie=row["token"] is not None,
    )


def ended(row: dict[str, Any], now: datetime, rules: AccessRules) -> Ended | None:
    """Return why a sign-in is over, or None while it holds; also when nobody has noted its end yet."""
    if row["ended_at"] is not None:
        return Ended(row["ended_by"])
    if row["locked_at"] is not None or row["retired_at"] is not None:
        return Ended.ADMINISTRATOR
    used, started = datetime.fromisoformat(row["used_at"]), datetime.fromisoformat(row["started_at"])
    # A clock that was put back must not keep anybody signed in: a time that lies ahead counts as long ago.
    if not timedelta(0) <= now - used < timedelta(minutes=rules.idle_min):
        return Ended.IDLE
    return None if timedelta(0) <= now - started < timedelta(hours=rules.longest_h) else Ended.LONG


def end_row(db: Database, sign_in_id: str, why: Ended, now: datetime) -> bool:
    """Note that a sign-in has ended; return whether it had not before."""
    cursor = db.execute(
        "UPDATE sign_ins SET ended_at = ?, ended_by = ?, ticket = NULL, ticket_until = NULL "
        "WHERE sign_in_id = ? AND ended_at IS NULL",
        [stamp(now), why.value, sign_in_id],
    )
    return cursor.rowcount > 0


def sweep(db: Database, now: datetime, rules: AccessRules) -> None:
    """Remove what is no longer needed: sign-ins that ended long ago, attempts that count no more."""
    db.execute("DELETE FROM sign_ins WHERE ended_at < ?", [stamp(now - KEPT)])
    db.execute("DELETE FROM wrong_attempts WHERE at < ?", [stamp(now - timedelta(minutes=rules.lock_min))])
