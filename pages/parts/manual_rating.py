"""Assessment by hand at the bedside: the face's actions (PSPI), a VAS, or what the patient says (NRS)."""

from __future__ import annotations

import streamlit as st

from pages.parts.chips import chip, escape
from pages.parts.clinician import named_clinician
from pages.parts.pspi_form import forget_coding, pspi_form
from pages.parts.saying import say
from pages.parts.visit import actor
from peea.language import Names, later, listed, t
from peea.rating import PspiCodes
from peea.scales import CONTEXT_NAMES, GRADE_NAMES, Context, grade_of_vas
from peea.store import ManualKind, ManualLog, ManualRating, StoreError

MANUAL_NAMES = Names(
    {
        ManualKind.NRS: later("The patient says it (NRS)"),
        ManualKind.PSPI: later("I rate the face (PSPI)"),
        ManualKind.VAS: later("I rate the patient (VAS)"),
    }
)
"""The ways to assess by hand; self-report comes first."""


def manual_rating_form(
    patient_id: str, context: Context | None = None, assessment_id: str | None = None, reason: str = ""
) -> bool:
    """Show the form of an assessment by hand; return True in the run after one was saved.

    Args:
        patient_id: whose assessment it is; the page shows the banner.
        context: what the patient did, if it is known.
        assessment_id: the assessment whose face could not be graded.
        reason: why by hand, if it is known.
    """
    key = f"manual_{patient_id}_{assessment_id or ''}"
    name = named_clinician(key)
    if name is None:
        return False
    saved, problem = st.session_state.pop(f"{key}_saved", None), st.session_state.pop(f"{key}_problem", None)
    if problem is not None:
        say(problem, "error")
    if saved is not None:
        say(saved, "good")
    kind = st.segmented_control(
        t("How is the pain assessed?"),
        list(MANUAL_NAMES),
        default=ManualKind.NRS,
        required=True,
        format_func=MANUAL_NAMES.__getitem__,
        key=f"{key}_kind",
    )
    if context is None:
        context = st.pills(
            t("What did the patient do?"), list(Context), format_func=CONTEXT_NAMES.__getitem__, key=f"{key}_context"
        )
    codes, score = None, None
    if kind is ManualKind.PSPI:
        with st.columns([2, 1])[0]:  # references as wide as the page would push what is pressed out of sight
            now = pspi_form(key)
        codes = None if now.missing else now.finished()
    else:
        score = _score(key, kind)
    missing = [
        what
        for what, value in (
            (t("what the patient did"), context),
            (t("the actions or the number"), codes if kind is ManualKind.PSPI else score),
        )
        if value is None
    ]
    st.button(
        t("Save to the patient log"),
        key=f"{key}_save",
        type="primary",
        width="stretch",
        disabled=bool(missing),
        on_click=_save,
        args=(key, patient_id, kind, name, codes, score, context, reason, assessment_id),
    )
    if missing:
        st.caption(t("Still to choose: {what}.", what=listed(missing)))
    return saved is not None


def _score(key: str, kind: ManualKind) -> int | None:
    asked = (
        t("Ask: how strong is your pain, from 0, no pain, to 10, the worst pain you can imagine?")
        if kind is ManualKind.NRS
        else t("How much pain is this patient in? 0 is no pain, 10 the worst pain imaginable.")
    )
    score: int | None = st.pills(asked, list(range(11)), key=f"{key}_{kind}")
    if score is not None:
        st.html(
            f'<div class="peea-total" role="status"><span class="value">{escape(kind.upper())} {score}</span> '
            f"{chip(grade_of_vas(score))}</div>"
        )
    return score


def _save(
    key: str,
    patient_id: str,
    kind: ManualKind,
    name: str,
    codes: PspiCodes | None,
    score: int | None,
    context: Context | None,
    reason: str,
    assessment_id: str | None,
) -> None:
    try:
        with ManualLog(actor=actor()) as log:
            saved = log.save(
                patient_id,
                kind,
                name,
                codes=codes,
                score=score,
                context=context,
                reason=reason,
                assessment_id=assessment_id,
            )
    except StoreError as error:
        st.session_state[f"{key}_problem"] = str(error)
        return
    forget_coding(key)
    for name_of_field in (f"{key}_{ManualKind.NRS}", f"{key}_{ManualKind.VAS}"):
        st.session_state.pop(name_of_field, None)
    st.session_state[f"{key}_saved"] = manual_words(saved)


def manual_words(rating: ManualRating) -> str:
    """Return what was saved, as a sentence."""
    what = f"{rating.kind.upper()} {rating.score:g}"
    return t("Saved to the patient log: {what}, {grade}.", what=what, grade=GRADE_NAMES[rating.grade].lower())
