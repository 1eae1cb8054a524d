"""Before and after one dose of an analgesic: what was seen, at rest and during movement. Pure.

What is told is what was observed, not what the drug did: the same hours hold rest, warmth and other care.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from peea.care.reassessment import span_text
from peea.grade_style import style_of
from peea.language import joined, t
from peea.store.pain_records import PainRecord

BEFORE: Final = timedelta(hours=2)
"""How long before a dose an assessment still says how things were when it was given."""

AFTER: Final = timedelta(hours=4)
"""How long after a dose an assessment says how things became; most tablets have worn off by then."""


@dataclass(frozen=True)
class Effect:
    """Assessments around one dose, of one kind of circumstances.

    Attributes:
        movement: True for movement, False for rest.
        before: the last assessment before the dose, or None.
        after: those after it up to the next dose, in order of time.
    """

    movement: bool
    before: PainRecord | None
    after: tuple[PainRecord, ...]


def effects_of(given_at: datetime, records: Iterable[PainRecord], doses: Iterable[datetime]) -> tuple[Effect, Effect]:
    """Return what was assessed around a dose, at rest and during movement.

    Args:
        given_at: when the dose was given.
        records: assessments of the patient in any order; those without a grade are left out.
        doses: all doses of the patient; after the next one, changes are that one's.
    """
    graded = sorted((each for each in records if each.grade is not None), key=lambda each: each.at)
    until = min([at for at in doses if at > given_at] + [given_at + AFTER])

    def of(movement: bool) -> Effect:
        own = [each for each in graded if each.movement is movement]
        before = [each for each in own if given_at - BEFORE <= each.at <= given_at]
        after = [each for each in own if given_at < each.at <= until]
        return Effect(movement, before[-1] if before else None, tuple(after))

    return of(False), of(True)


def effect_sentence(given_at: datetime, effect: Effect) -> str:
    """Return what was seen before and after a dose in a sentence or two."""
    where = t("During movement") if effect.movement else t("At rest")
    if effect.before is None and not effect.after:
        return t("{where}: not assessed around this dose.", where=where)
    sentences = []
    if effect.before is None:
        sentences.append(t("{where}: not assessed in the two hours before.", where=where))
    else:
        sentences.append(
            t(
                "{where}: {grade} {span} before.",
                where=where,
                grade=style_of(effect.before.grade).word,
                span=span_text(given_at - effect.before.at),
            )
        )
    if effect.after:
        sentences.append(t("After it: {course}.", course=_course(given_at, effect.after)))
    else:
        sentences.append(t("Not assessed since."))
    return joined(sentences)


def _course(given_at: datetime, records: Sequence[PainRecord]) -> str:
    """Return the first and the last grade after a dose, with when."""
    shown = records[:1] if len(records) == 1 else (records[0], records[-1])
    return ", ".join(
        t("{grade} after {span}", grade=style_of(each.grade).word, span=span_text(each.at - given_at)) for each in shown
    )
