"""What a reader and the process that started it say to each other.

The reader gets one line of JSON: what to read, what that may cost, and the language of its sentences. It answers in
lines of JSON, each of which says in "is" what it is: one of these, or what those who use it have between them. What is
too long for a line lies in memory that both share.
"""

from __future__ import annotations

ENDED, REFUSED, FAULT = "ended", "refused", "fault"
"""Everything was said; the file is refused, with a kind and a sentence; the reader met a fault, with its kind."""


class RefusedError(Exception):
    """The reader refuses what it was given.

    Attributes:
        kind: which refusal, a name that both sides know.
        sentence: what is wrong, for staff.
    """

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.sentence = sentence
