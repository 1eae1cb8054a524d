"""Accounts as rows of the data base: one person, one role, what checks the password."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from peea.access.actors import Actor
from peea.access.errors import AccountError
from peea.access.roles import BOUND_TO_WARDS, Role
from peea.language import t

LONGEST_NAME = 80


class AccountState(StrEnum):
    """What an account can do at present."""

    READY = "ready"
    WAITING = "waiting"
    """For the first password, by the one-time code."""
    LOCKED = "locked"
    RETIRED = "retired"


@dataclass(frozen=True)
class Account:
    """One person's account, without what checks the password.

    Attributes:
        account_id: random.
        sign_in_name: typed to sign in; unique whatever its case.
        name: as shown and as it stands in the audit trail; unique too.
        role: what the person is there for.
        wards: of ward staff, those whose patients they see.
        state: what the account can do.
        code_until: until when the one-time code can be used (ISO 8601, UTC), or None.
        signed_in_at: last sign-in (ISO 8601, UTC), or None.
        made_at, made_by: of the account.
    """

    account_id: str
    sign_in_name: str
    name: str
    role: Role
    wards: frozenset[str]
    state: AccountState
    code_until: str | None
    signed_in_at: str | None
    made_at: str
    made_by: str

    @property
    def actor(self) -> Actor:
        """Whoever signs in with this account."""
        return Actor(self.name, self.role, self.wards)


def account_of_row(row: dict[str, Any]) -> Account:
    """Return the account of a row of the table `accounts`."""
    if row["retired_at"]:
        state = AccountState.RETIRED
    elif row["locked_at"]:
        state = AccountState.LOCKED
    else:
        state = AccountState.READY if row["password"] else AccountState.WAITING
    return Account(
        account_id=row["account_id"],
        sign_in_name=row["sign_in_name"],
        name=row["name"],
        role=Role(row["role"]),
        wards=frozenset(json.loads(row["wards"])),
        state=state,
        code_until=row["code_until"],
        signed_in_at=row["signed_in_at"],
        made_at=row["made_at"],
        made_by=row["made_by"],
    )


def account_row(db: Database, account_id: str) -> dict[str, Any]:
    """Return the row of an account, or raise AccountError."""
    row = next(db.query("SELECT * FROM accounts WHERE account_id = ?", [account_id]), None)
    if row is None:
        raise AccountError("", t("This account is not there any more."))
    return row


def row_of_sign_in_name(db: Database, sign_in_name: str) -> dict[str, Any] | None:
    """Return the row of the account with this name that is not retired, or None."""
    return next(
        db.query("SELECT * FROM accounts WHERE sign_in_name = ? AND retired_at IS NULL", [plain_name(sign_in_name)]),
        None,
    )


def plain_name(text: str) -> str:
    """Return a name without the spaces around it and with single ones inside.

    >>> plain_name("  Ada   Kim ")
    'Ada Kim'
    """
    return " ".join(text.split())


def checked_names(db: Database, sign_in_name: str, name: str, account_id: str | None = None) -> tuple[str, str]:
    """Return both names of an account as they are kept.

    Raises:
        AccountError: one is missing, too long or taken by another account; `field` says which.
    """
    sign_in_name, name = plain_name(sign_in_name), plain_name(name)
    for field, value, missing in (
        ("sign_in_name", sign_in_name, t("The sign-in name is missing.")),
        ("name", name, t("The name is missing.")),
    ):
        if not value:
            raise AccountError(field, missing)
        if len(value) > LONGEST_NAME or not value.isprintable():
            raise AccountError(field, t("A name has {n} characters at most, all of them visible.", n=LONGEST_NAME))
        # `field` is one of the two names above, never from outside.
        taken = db.query(
            f"SELECT account_id FROM accounts WHERE {field} = ? AND account_id IS NOT ?", [value, account_id]
        )
        if next(taken, None) is not None:
            raise AccountError(field, t("Another account has this name. Add what tells the two apart."))
    return sign_in_name, name


def checked_wards(role: Role, wards: Iterable[str]) -> frozenset[str]:
    """Return the wards of an account; only ward staff have some, and need one.

    Raises:
        AccountError: ward staff without a ward would see nobody.
    """
    if role not in BOUND_TO_WARDS:
        return frozenset()
    kept = frozenset(filter(None, map(plain_name, wards)))
    if not kept:
        raise AccountError("wards", t("Ward staff see the patients of their wards: choose one or more."))
    return kept


def wards_text(wards: Iterable[str]) -> str:
    """Return wards as the table keeps them."""
    return json.dumps(sorted(wards), ensure_ascii=False)
