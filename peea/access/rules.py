"""The settings of signing in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from peea.access.roles import Role


class SignInWay(StrEnum):
    """How people sign in at this site."""

    DEMONSTRATION = "demonstration"
    """Nobody does; fictional patients only."""
    ACCOUNTS = "accounts"
    """With a name and a password that PEEA keeps."""
    OIDC = "oidc"
    """With the hospital's own account, by OpenID Connect."""


def _whole(default: int, unit: str, least: int, most: int) -> int:
    value: int = field(default=default, metadata={"unit": unit, "least": least, "most": most})
    return value


def _text(default: str, unit: str) -> str:
    value: str = field(default=default, metadata={"unit": unit})
    return value


@dataclass(frozen=True)
class AccessRules:
    """Who may come in, and for how long (docs/sign_in.md).

    Attributes:
        sign_in: "demonstration": nobody signs in, for fictional patients only, and PEEA does not start on a data base
            that holds others. "accounts": name and password, kept by PEEA. "oidc": the hospital's own accounts.
        idle_min: minutes without use after which somebody is signed out. A quarter of an hour is what a round from bed
            to bed needs; a tablet left lying is read by others sooner than that where it is left open for longer.
        longest_h: hours after which somebody signs in again however busy: a shift.
        password_least: characters of a password. Length is what withstands guessing (NIST SP 800-63B), so that nothing
            else is asked for: no digits, no signs, no change every few months. Three words reach it.
        wrong_before_lock: wrong passwords in a row, within lock_min, after which the name is locked.
        lock_min: minutes for which it is locked; an administrator can open it sooner.
        wrong_from_one_place: wrong attempts within lock_min from one network address, whatever the names, after which
            nobody signs in from there. Behind a reverse proxy that does not tell the tablets' addresses all of them
            are one.
        code_h: hours for which a one-time code of a new account can be used.
        role_claim: of the hospital's token, the claim that says the role; dots lead into it, as in realm_access.roles.
        roles: what its values mean, where the hospital has names of its own: "PEEA-Nurses = ward_staff, PEEA-Pain =
            pain_lead". Without it the values are ward_staff, rater, pain_lead and administrator.
        wards_claim: the claim that lists the wards of ward staff, as a list or a text with commas.
        name_claim: the claim with the name that is shown and stands in the audit trail, with the subject behind it.
    """

    sign_in: str = _text(SignInWay.DEMONSTRATION.value, "demonstration, accounts or oidc")
    idle_min: int = _whole(15, "minutes", 1, 480)
    longest_h: int = _whole(12, "hours", 1, 24)
    password_least: int = _whole(12, "characters", 8, 64)
    wrong_before_lock: int = _whole(8, "attempts", 3, 100)
    lock_min: int = _whole(15, "minutes", 1, 1440)
    wrong_from_one_place: int = _whole(60, "attempts", 10, 10000)
    code_h: int = _whole(72, "hours", 1, 720)
    role_claim: str = _text("peea_role", "name of a claim")
    roles: str = _text("", "VALUE = role, ...")
    wards_claim: str = _text("peea_wards", "name of a claim")
    name_claim: str = _text("name", "name of a claim")

    def __post_init__(self) -> None:
        if self.sign_in not in set(SignInWay):
            raise ValueError(f"sign_in is {self.sign_in!r}; it must be one of {', '.join(SignInWay)}")
        for name in ("role_claim", "wards_claim", "name_claim"):
            if not getattr(self, name).strip():
                raise ValueError(f"{name} is empty; it must be the name of a claim")
        self.role_of_value()

    @property
    def way(self) -> SignInWay:
        """How people sign in."""
        return SignInWay(self.sign_in)

    def role_of_value(self) -> dict[str, Role]:
        """Return the role that each value of the role claim stands for.

        Raises:
            ValueError: `roles` is not a list of VALUE = role.

        >>> AccessRules(roles="PEEA-Nurses = ward_staff").role_of_value()
        {'PEEA-Nurses': <Role.WARD_STAFF: 'ward_staff'>}
        """
        if not self.roles.strip():
            return {role.value: role for role in Role}
        meanings = {}
        for entry in re.split(r"\s*,\s*", self.roles.strip()):
            value, sign, role = (part.strip() for part in entry.rpartition("="))
            if not sign or not value or role not in set(Role):
                raise ValueError(
                    f"roles has the entry {entry!r}; each must be VALUE = role, the role one of {', '.join(Role)}"
                )
            meanings[value] = Role(role)
        return meanings
