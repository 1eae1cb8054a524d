"""Authenticated encryption of files: pictures, recordings and backups, in pieces, so that a long video needs no memory.

A sealed file is a header (which key, a salt of its own) and pieces of at most 1 MiB, each sealed by AES-256-GCM under a
key that is derived for this one file. What the file is for and called is authenticated with every piece, as are its
place and whether it is the last: pieces cannot be exchanged, reordered, left out or cut off, nor one file be put in the
place of another (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizar, 2015).
"""

from __future__ import annotations

import io
import secrets
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from peea.language import t
from peea.store.errors import StoreError
from peea.store.site_key import ID_BYTES, SiteKey, WrongKeyError

MAGIC: Final = b"PEEASEAL\x01"
SALT_BYTES: Final = 32
HEADER_BYTES: Final = len(MAGIC) + ID_BYTES + SALT_BYTES
PIECE_BYTES: Final = 1024 * 1024
TAG_BYTES: Final = 16
_NUMBER_BYTES: Final = 11  # with one byte for "last", the 12 of a nonce


class SealBrokenError(StoreError):
    """A sealed file was damaged, cut off, or put in the place of another one."""


class SealedWriter(io.RawIOBase):
    """Writes to a file what is written to it, sealed; closing it seals the last piece and leaves the file open.

    Args:
        target: open for writing, at its beginning.
        key: of the site.
        purpose: what the file is for and called; it must be named to read it.
    """

    def __init__(self, target: BinaryIO, key: SiteKey, purpose: str) -> None:
        super().__init__()
        salt = secrets.token_bytes(SALT_BYTES)
        header = MAGIC + bytes.fromhex(key.key_id) + salt
        self._target, self._held, self._number = target, bytearray(), 0
        self._cipher, self._beside = _cipher(key, salt), header + purpose.encode()
        target.write(header)

    def writable(self) -> bool:
        """True."""
        return True

    def write(self, content) -> int:  # type: ignore[no-untyped-def]
        """Seal what there is; the last piece waits, since it may be the end."""
        self._held += content
        while len(self._held) > PIECE_BYTES:
            self._seal(bytes(self._held[:PIECE_BYTES]), last=False)
            del self._held[:PIECE_BYTES]
        return len(content)

    def finish(self) -> None:
        """Seal the last piece. Without it the file is refused as cut off."""
        self._seal(bytes(self._held), last=True)
        self._held.clear()

    def _seal(self, piece: bytes, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, last), piece, self._beside))
        self._number += 1


class SealedReader(io.RawIOBase):
    """Reads what was sealed in a file; nothing comes out that was not proved to be what was written.

    Raises (opening, reading):
        SealBrokenError: the file is no sealed file of this purpose, damaged or cut off.
        WrongKeyError: it was sealed with another key.
    """

    def __init__(self, source: BinaryIO, key: SiteKey, purpose: str) -> None:
        super().__init__()
        header = source.read(HEADER_BYTES)
        if len(header) != HEADER_BYTES or not header.startswith(MAGIC):
            raise SealBrokenError(_broken())
        found = header[len(MAGIC) : len(MAGIC) + ID_BYTES].hex()
        if found != key.key_id:
            raise WrongKeyError(
                t(
                    "This file was encrypted with the key {found}; the key that was given is {given}. Give the right "
                    "key; nothing was changed.",
                    found=found,
                    given=key.key_id,
                )
            )
        self._source, self._number, self._done, self._ready = source, 0, False, memoryview(b"")
        self._cipher, self._beside = _cipher(key, header[-SALT_BYTES:]), header + purpose.encode()
        self._next = source.read(PIECE_BYTES + TAG_BYTES)

    def readable(self) -> bool:
        """True."""
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        """Give the next bytes; 0 at the proved end."""
        while not self._ready and not self._done:
            self._unseal()
        given = min(len(buffer), len(self._ready))
        buffer[:given] = self._ready[:given]
        self._ready = self._ready[given:]
        return given

    def _unseal(self) -> None:
        piece, self._next = self._next, self._source.read(PIECE_BYTES + TAG_BYTES)
        self._done = not self._next
        try:
            opened = self._cipher.decrypt(_nonce(self._number, self._done), piece, self._beside)
        except (InvalidTag, ValueError) as error:
            raise SealBrokenError(_broken()) from error
        self._number += 1
        self._ready = memoryview(opened)


def sealed(content: bytes, key: SiteKey, purpose: str) -> bytes:
    """Return a content sealed."""
    target = io.BytesIO()
    writer = SealedWriter(target, key, purpose)
    writer.write(content)
    writer.finish()
    return target.getvalue()


def is_sealed(beginning: bytes) -> bool:
    """Return whether a file that begins like this is a sealed one."""
    return beginning.startswith(MAGIC)


def _cipher(key: SiteKey, salt: bytes) -> AESGCM:
    return AESGCM(key.derived("sealed file", salt))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(_NUMBER_BYTES, "big") + bytes([last])


def _broken() -> str:
    return t("An encrypted file is damaged, or another one was put in its place. Restore it from the last backup.")
