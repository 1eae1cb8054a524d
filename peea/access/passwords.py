"""Passwords and one-time codes: what is asked of them, and how they are checked. Argon2id throughout."""

from __future__ import annotations

import functools
import re
import secrets
import threading
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from peea.language import t

LONGEST: Final = 128
"""Characters after which nobody reads on: long enough for every sentence, short enough to cost nothing to refuse."""

LEAST_DIFFERENT: Final = 5
"""Different characters in a password, so that length is not a key held down."""

CODE_SIGNS: Final = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Of one-time codes: none that can be read as another, O and 0 say."""

CODE_GROUPS: Final = 4
CODE_GROUP: Final = 4
"""Sixteen of thirty signs: 78 bits, read from paper in four groups."""

_hasher: Final = PasswordHasher()
"""argon2-cffi's own choice (RFC 9106, low memory): 64 MiB and some 50 ms a check."""

_one_at_a_time: Final = threading.Semaphore(2)
"""A flood of attempts takes turns, and cannot take all memory."""


def password_problem(password: str, least: int, *names: str) -> str | None:
    """Return as a sentence what is wrong with a new password, or None.

    Args:
        password: as typed; spaces count.
        least: characters that it needs.
        names: that it must not be or contain, such as the person's own.

    >>> password_problem("too short", 12)
    'The password needs 12 characters or more; this one has 9. Three or four words are easy to remember.'
    >>> password_problem("tea with the queen", 12, "ada.kim") is None
    True
    """
    if len(password) < least:
        return t(
            "The password needs {least} characters or more; this one has {n}. Three or four words are easy to "
            "remember.",
            least=least,
            n=len(password),
        )
    if len(password) > LONGEST:
        return t("The password can have {n} characters at most.", n=LONGEST)
    if len(set(password.casefold())) < LEAST_DIFFERENT:
        return t("The password repeats too few characters. Take three or four words.")
    if any(name and name.casefold() in password.casefold() for name in names):
        return t("The password must not hold your own name. Take three or four other words.")
    return None


def hashed(secret: str) -> str:
    """Return the argon2id hash of a password or code, salted."""
    with _one_at_a_time:
        return _hasher.hash(secret)


def matches(secret: str, hash_text: str | None) -> bool:
    """Return whether a password or code is the one of a hash; without a hash False, after the same time."""
    with _one_at_a_time:
        try:
            return _hasher.verify(hash_text or _nobodys_hash(), secret[: LONGEST + 1]) and hash_text is not None
        except (VerificationError, InvalidHashError):
            return False


def outdated(hash_text: str) -> bool:
    """Return whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(hash_text)


def new_code() -> str:
    """Return a random one-time code, as it is read out or printed."""
    groups = ("".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_GROUP)) for _ in range(CODE_GROUPS))
    return "-".join(groups)


def typed_code(text: str) -> str:
    """Return a code as it is checked, however it was typed.

    >>> typed_code(" abcd efgh-2345 ")
    'ABCDEFGH2345'
    """
    return re.sub(r"[\s-]", "", text).upper()


@functools.cache
def _nobodys_hash() -> str:
    """The hash of nobody's password: names without an account are answered after as long as those with one."""
    return _hasher.hash(secrets.token_hex())
