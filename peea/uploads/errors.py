"""What can be wrong with a file from outside that is no recording."""

from __future__ import annotations


class UploadRefusedError(ValueError):
    """A file that cannot be taken; `str(error)` says why and what to do, and can be shown as it is."""
