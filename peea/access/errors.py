"""What can go wrong with signing in and with accounts; each message is a sentence that can be shown."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from peea.language import Names, later, t
from peea.store.errors import StoreError


class SignInRefusedError(StoreError):
    """Nobody was signed in; the sentence does not tell whether there is an account of that name."""


class AccountError(StoreError):
    """An account cannot be made or changed like this.

    Attributes:
        field: beside which the sentence belongs; empty for none.
    """

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class StartRefusedError(Exception):
    """The app must not start like this; the sentence says what to do."""


class Ended(StrEnum):
    """Why a sign-in has ended."""

    SIGNED_OUT = "signed out"
    EVERYWHERE = "signed out everywhere"
    IDLE = "not used"
    LONG = "too long"
    ADMINISTRATOR = "by an administrator"
    PASSWORD = "password changed"


class SignedOutError(StoreError):
    """Whoever was signed in is not any more.

    Attributes:
        why: the reason; None if there never was such a sign-in.
    """

    def __init__(self, why: Ended | None, minutes: int = 0) -> None:
        sentence = t("You are not signed in.") if why is None else ENDED_SENTENCES[why]
        super().__init__(sentence.format(minutes=minutes))
        self.why = why


ENDED_SENTENCES: Final[Mapping[Ended, str]] = Names(
    {
        Ended.SIGNED_OUT: later("You are signed out."),
        Ended.EVERYWHERE: later("You are signed out on all devices."),
        Ended.IDLE: later("You were signed out, since PEEA was not used for {minutes} min. Sign in to go on."),
        Ended.LONG: later("You were signed out, since you signed in a shift ago. Sign in to go on."),
        Ended.ADMINISTRATOR: later("An administrator signed you out. Sign in again, or ask the administrator."),
        Ended.PASSWORD: later("You were signed out, since the password was changed on another device."),
    }
)
"""What is said to whoever was signed out."""
