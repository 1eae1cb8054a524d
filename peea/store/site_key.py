"""The site's key: one secret that lies outside the data folder and from which every other key is derived.

The environment says where it is: PEEA_KEY_FILE names a file (a mounted secret, a systemd credential), or PEEA_KEY holds
the key itself. Its text is made to be typed from paper, should the file be lost: groups of letters with a check.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from peea.language import t
from peea.store.errors import StoreError

KEY_FILE_VARIABLE: Final = "PEEA_KEY_FILE"
"""Environment variable that names the file with the site's key."""

KEY_VARIABLE: Final = "PEEA_KEY"
"""Environment variable that holds the site's key itself."""

KEY_BYTES: Final = 32
ID_BYTES: Final = 8

_PREFIX: Final = "PEEA"
_CHECK_BYTES: Final = 3  # 35 bytes are 56 letters of base 32, without padding
_GROUP: Final = 4


class SiteKeyError(StoreError):
    """Base of everything that is wrong with the site's key; nothing was changed."""


class KeyUnusableError(SiteKeyError):
    """What was given as the key is none: not there, mistyped, not readable, or lying among the data it protects."""


class KeyMissingError(SiteKeyError):
    """A key is needed and none was given."""


class WrongKeyError(SiteKeyError):
    """The data were encrypted with another key."""


@dataclass(frozen=True)
class SiteKey:
    """A site's key.

    Attributes:
        material: 32 random bytes; never shown in a representation.

    >>> SiteKey.from_text(SiteKey(bytes(32)).text()) == SiteKey(bytes(32))
    True
    """

    material: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.material) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes, this one {len(self.material)}")

    @classmethod
    def new(cls) -> SiteKey:
        """Return a random key."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @classmethod
    def from_text(cls, text: str) -> SiteKey:
        """Return the key of a text as `text` writes it; case, spaces and hyphens do not matter.

        Raises:
            KeyUnusableError: it is no key, or a letter is wrong.
        """
        letters = "".join(text.upper().replace("-", " ").split()).removeprefix(_PREFIX)
        try:
            content = base64.b32decode(letters)
        except binascii.Error:
            content = b""
        material, check = content[:KEY_BYTES], content[KEY_BYTES:]
        if len(content) != KEY_BYTES + _CHECK_BYTES or check != _check_of(material):
            raise KeyUnusableError(
                t("This is not a key of PEEA, or a letter of it is wrong. Compare it with the copy on paper.")
            )
        return cls(material)

    def text(self) -> str:
        """Return the key as text, for its file and for the copy on paper."""
        letters = base64.b32encode(self.material + _check_of(self.material)).decode("ascii")
        return "-".join([_PREFIX, *(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))])

    @property
    def key_id(self) -> str:
        """16 hexadecimal digits by which this key is recognised; they say nothing about the key itself."""
        return self.derived("key id", length=ID_BYTES).hex()

    def derived(self, purpose: str, salt: bytes | None = None, length: int = KEY_BYTES) -> bytes:
        """Return a key for one purpose (HKDF-SHA256, RFC 5869): whoever has it learns nothing about any other."""
        return HKDF(SHA256(), length, salt, f"PEEA 1 {purpose}".encode()).derive(self.material)


def site_key(data_folder: Path) -> SiteKey | None:
    """Return the key that the environment names for a data folder, or None if it names none.

    Raises:
        KeyUnusableError: it names two, one that cannot be used, or one that lies in the data folder.
    """
    named, given = os.environ.get(KEY_FILE_VARIABLE), os.environ.get(KEY_VARIABLE)
    if named and given:
        raise KeyUnusableError(
            t(
                "Both {file} and {key} are set. Keep one of them, so that it is certain which key is used.",
                file=KEY_FILE_VARIABLE,
                key=KEY_VARIABLE,
            )
        )
    if given:
        return _key_of_text(given)
    return None if not named else key_of_file(Path(named), data_folder)


def key_of_file(file: Path, data_folder: Path) -> SiteKey:
    """Return the key in a file.

    Raises:
        KeyUnusableError: the file cannot be read, holds no key, or lies in the data folder.
    """
    refuse_inside(file, data_folder)
    try:
        found = file.stat()
        text = _content(file, found.st_mtime_ns, found.st_size, found.st_ino)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not a text"
        raise KeyUnusableError(
            t("The key file {file} cannot be read ({why}). Check its path and who may read it.", file=file, why=why)
        ) from error
    return _key_of_text(text)


def refuse_inside(file: Path, data_folder: Path) -> None:
    """Refuse a key that lies among the data: whoever takes the data would have it too.

    Raises:
        KeyUnusableError: it does.
    """
    if file.resolve().is_relative_to(data_folder.resolve()):
        raise KeyUnusableError(
            t(
                "The key file {file} lies in the data folder {folder}: whoever takes the data would take the key with "
                "them. Keep it elsewhere, such as /etc/peea/key.",
                file=file,
                folder=data_folder,
            )
        )


@lru_cache(maxsize=8)
def _content(file: Path, changed_ns: int, size: int, inode: int) -> str:
    """Read a key file once: each page opens the data base several times."""
    return file.read_text(encoding="ascii")


@lru_cache(maxsize=8)
def _key_of_text(text: str) -> SiteKey:
    return SiteKey.from_text(text)


def _check_of(material: bytes) -> bytes:
    return hashlib.sha256(b"PEEA key check" + material).digest()[:_CHECK_BYTES]
