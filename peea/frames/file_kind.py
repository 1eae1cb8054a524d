"""What a file is, from its first bytes: names and endings lie, and the video library is only shown what it should read.

Choosing the container here and not by the library's own guessing also keeps play lists and scripts that are named like
a video from making it open other files or addresses.
"""

from __future__ import annotations

from typing import Final

from peea.language import later, t

HEAD_BYTES: Final = 4096
"""How much of a file's beginning is needed to tell what it is."""

_ISO_VIDEO_BOXES: Final = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_STILL_BRANDS: Final = (b"heic", b"heix", b"heif", b"mif1", b"avif")

_OTHER_KINDS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\xff\xd8\xff", later("a photograph (JPEG)")),
    (b"\x89PNG", later("a picture (PNG)")),
    (b"GIF8", later("a picture (GIF)")),
    (b"%PDF", later("a PDF document")),
    (b"7z\xbc\xaf\x27\x1c", later("a 7-Zip archive; unpack it first")),
    (b"Rar!", later("a RAR archive; unpack it first")),
    (b"\x1f\x8b", later("a gzip archive; unpack it first")),
    (b"ID3", later("a sound recording (MP3)")),
    (b"OggS", later("an Ogg file")),
    (b"fLaC", later("a sound recording (FLAC)")),
    (b"MZ", later("a Windows program")),
    (b"\x7fELF", later("a program")),
)


def container_format(head: bytes) -> str | None:
    """Return the container that a file begins like: "mov" (also mp4), "matroska" (also webm), "avi"; None if no video.

    Args:
        head: the first `HEAD_BYTES` of the file.
    """
    if head[4:8] in _ISO_VIDEO_BOXES:
        return None if head[4:8] == b"ftyp" and head[8:12] in _STILL_BRANDS else "mov"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return "avi"
    return None


def describe(head: bytes) -> str:
    """Return in words what a file that is no video seems to be, e.g. "a zip archive; unpack it first"."""
    if head.startswith(b"PK\x03\x04"):
        # Bit 0 of the general purpose flags, bytes 6 and 7 of the first entry: encrypted (PKWARE APPNOTE 4.4.4).
        locked = len(head) > 6 and head[6] & 1
        if locked:
            return t("a password-protected zip archive; unpack it first")
        return t("a zip archive; unpack it first")
    if head[4:8] == b"ftyp" and head[8:12] in _STILL_BRANDS:
        return t("a photograph (HEIF)")
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return t("a sound recording (WAV)")
    for signature, words in _OTHER_KINDS:
        if head.startswith(signature):
            return t(words)
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        # A character that is cut in half by the end of the bytes looked at is still text.
        if error.start < len(head) - 4:
            return t("of an unknown kind")
    return t("of an unknown kind") if b"\x00" in head else t("a text file")
