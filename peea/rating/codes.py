"""What a rater codes of one face: the six PSPI actions, absent or a to e, AU43 0 or 1; and a coding under way. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from peea.language import later, t
from peea.scales import (
    ACTION_MAXIMUM,
    FACS_LETTERS,
    PSPI_ACTIONS,
    Grade,
    grade_of_pspi,
    pspi,
    pspi_0_to_13,
)

_ABSENT: Final = later("absent")
_SIGNS: Final = "0-1a2b3c4d5e"
"""Two signs for each code from 0 to 5."""

_EYES: Final = (later("open"), later("closed"))


class CodesError(ValueError):
    """Codes that are no whole PSPI rating; the sentence says which action and what is allowed."""


@dataclass(frozen=True)
class PspiCodes:
    """A whole PSPI rating of one face.

    Attributes:
        codes: action -> code for all six of `PSPI_ACTIONS`: 0 absent, 1-5 the letters a-e; AU43 0 or 1 [PS].

    Raises:
        CodesError: an action is missing, unknown, or its code is not allowed.

    >>> PspiCodes.of(AU4=3, AU7=3, AU10=2).pspi
    8
    """

    codes: Mapping[str, int]

    def __post_init__(self) -> None:
        missing = [name for name in PSPI_ACTIONS if name not in self.codes]
        if missing:
            raise CodesError(f"a PSPI rating codes all six actions; {', '.join(missing)} is missing")
        for name, code in self.codes.items():
            if name not in ACTION_MAXIMUM:
                raise CodesError(f"{name} is not one of the PSPI actions {', '.join(PSPI_ACTIONS)}")
            if code not in range(int(ACTION_MAXIMUM[name]) + 1):
                raise CodesError(f"{name} is {code}; allowed is a whole number from 0 to {ACTION_MAXIMUM[name]:g}")
        object.__setattr__(self, "codes", {name: int(self.codes[name]) for name in PSPI_ACTIONS})

    @classmethod
    def of(cls, **codes: int) -> PspiCodes:
        """Return the rating with these codes and every other action absent."""
        return cls(dict.fromkeys(PSPI_ACTIONS, 0) | codes)

    @property
    def pspi(self) -> int:
        """PSPI total, 0-16 [PS]."""
        return int(pspi(_numbers(self.codes)))

    @property
    def pspi_0_to_13(self) -> int:
        """The total with the item range 0-4 that [P] writes, 0-13."""
        return pspi_0_to_13(self.codes)

    @property
    def grade(self) -> Grade:
        """The grade of the total, by way of its VAS-equivalent."""
        return grade_of_pspi(self.pspi)

    @property
    def letters(self) -> str:
        """The codes in the order of `PSPI_ACTIONS`, as in 'AU4 c, AU7 c, AU10 b'; empty for a calm face."""
        return ", ".join(f"{name} {code_word(name, code)}" for name, code in self.codes.items() if code)


def code_word(action: str, code: int) -> str:
    """Return a code as it is read: absent, a to e; for AU43 open or closed.

    >>> code_word("AU4", 3), code_word("AU4", 0), code_word("AU43", 1)
    ('c', 'absent', 'closed')
    """
    if action == "AU43":
        return t(_EYES[code])
    return FACS_LETTERS[code] if code else t(_ABSENT)


def codes_of(action: str) -> range:
    """Return the codes that an action can have."""
    return range(int(ACTION_MAXIMUM[action]) + 1)


@dataclass(frozen=True)
class Coding:
    """A coding under way: which actions have a code, and which one is looked at.

    Nothing is preset, since an action that was overlooked is not an action that is absent.

    Attributes:
        codes: action -> code of the actions coded so far.
        at: place in `PSPI_ACTIONS` of the action that is looked at.

    >>> Coding().coded(3).coded(0).codes, Coding().coded(3).coded(0).action
    ({'AU4': 3, 'AU6': 0}, 'AU7')
    """

    codes: Mapping[str, int] = field(default_factory=dict)
    at: int = 0

    @property
    def action(self) -> str:
        """The action that is looked at."""
        return PSPI_ACTIONS[self.at]

    @property
    def missing(self) -> tuple[str, ...]:
        """The actions without a code, in order."""
        return tuple(name for name in PSPI_ACTIONS if name not in self.codes)

    @property
    def pspi_so_far(self) -> int:
        """PSPI of the codes given so far, 0-16; what is missing counts as absent."""
        return int(pspi(_numbers(self.codes)))

    def coded(self, code: int) -> Coding:
        """Return the coding with this code for the action looked at, looking at the next one without a code.

        Raises:
            CodesError: the action cannot have this code.
        """
        if code not in codes_of(self.action):
            raise CodesError(f"{self.action} is {code}; allowed is 0 to {ACTION_MAXIMUM[self.action]:g}")
        done = replace(self, codes={**self.codes, self.action: code})
        following = [*range(self.at + 1, len(PSPI_ACTIONS)), *range(self.at)]
        return replace(done, at=next((place for place in following if PSPI_ACTIONS[place] in done.missing), self.at))

    def typed(self, text: str) -> Coding:
        """Return the coding of typed codes in the order of `PSPI_ACTIONS`: 0 or -, then 1-5 or a-e; spaces are free.

        Raises:
            CodesError: not six codes, a sign that is no code, or one that its action cannot have.

        >>> Coding().typed("c0 b00 1").codes
        {'AU4': 3, 'AU6': 0, 'AU7': 2, 'AU9': 0, 'AU10': 0, 'AU43': 1}
        """
        signs = "".join(text.lower().replace(",", " ").split())
        if len(signs) != len(PSPI_ACTIONS):
            raise CodesError(
                t("Type six codes, one for each of {actions}; got {n}.", actions=", ".join(PSPI_ACTIONS), n=len(signs))
            )
        now = self
        for action, sign in zip(PSPI_ACTIONS, signs, strict=True):
            code = _SIGNS.find(sign) // 2
            if sign not in _SIGNS or code not in codes_of(action):
                allowed = "0 or 1" if action == "AU43" else "0 to 5 or a to e"
                raise CodesError(
                    t("{action} is {sign}; allowed is {allowed}.", action=action, sign=sign, allowed=allowed)
                )
            now = now.looking_at(action).coded(code)
        return now

    def looking_at(self, action: str) -> Coding:
        """Return the coding looking at another action."""
        return replace(self, at=PSPI_ACTIONS.index(action))

    def back(self) -> Coding:
        """Return the coding looking at the action before."""
        return replace(self, at=max(0, self.at - 1))

    def finished(self) -> PspiCodes:
        """Return the whole rating.

        Raises:
            CodesError: an action has no code yet.
        """
        return PspiCodes(self.codes)


def coding_of(codes: PspiCodes) -> Coding:
    """Return a rating as a coding that can be changed."""
    return Coding(dict(codes.codes), 0)


def _numbers(codes: Mapping[str, int]) -> dict[str, float]:
    return {name: float(code) for name, code in codes.items()}
