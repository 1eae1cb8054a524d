"""Forms for what staff enter and correct: analgesia, notes, corrections; errors stand beside the field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

import streamlit as st

from pages.parts.chips import chip, escape
from pages.parts.clinician import named_clinician
from pages.parts.saying import problems_told, say, say_beside
from pages.parts.visit import acting_name, open_care, open_manual
from peea.clock import at_clock, in_zone, on_ward, time_text
from peea.language import later, listed, t
from peea.scales import CONTEXT_NAMES, FACS_LETTERS
from peea.store import KIND_NAMES, InvalidEntryError, InvalidPatientError, InvalidRatingError, Kind
from peea.store.care import Dose, DoseUnit, Note, Route
from peea.store.names import ROUTE_NAMES

USUAL: Final[Mapping[str, tuple[DoseUnit, Route]]] = {
    later("Paracetamol"): (DoseUnit.G, Route.ORAL),
    later("Morphine"): (DoseUnit.MG, Route.INTRAVENOUS),
    later("Oxycodone"): (DoseUnit.MG, Route.ORAL),
    later("Fentanyl"): (DoseUnit.MICROGRAM, Route.INTRAVENOUS),
    later("Tramadol"): (DoseUnit.MG, Route.ORAL),
    later("Ibuprofen"): (DoseUnit.MG, Route.ORAL),
    later("Celecoxib"): (DoseUnit.MG, Route.ORAL),
    later("Fascia iliaca block, ropivacaine 0.2 %"): (DoseUnit.ML, Route.NERVE_BLOCK),
}
"""Analgesics offered first, each with its usual unit and route. No dose is preset: it is read off the chart."""

REASONS: Final = (later("Typing error"), later("New information"), later("Wrong patient"))
CORRECTION_REASONS: Final = (later("Typing error"), later("New information"), later("Moved to another bed"))

STEP: Final = timedelta(minutes=1)


def ward_clock(label: str, key: str, value: datetime | None = None) -> datetime | None:
    """Ask for a time as the ward's clock shows it; return it in UTC. Now by default."""
    shown = on_ward(value or datetime.now().astimezone()).replace(tzinfo=None, second=0, microsecond=0)
    chosen = st.datetime_input(label, value=shown, key=key, step=STEP, format="DD/MM/YYYY")
    return None if chosen is None else at_clock(chosen.date(), chosen.time())


def ask_reason(key: str, offered: tuple[str, ...] = REASONS) -> str:
    """Ask why something is changed, and who changes it: one press for the usual reasons, words for others."""
    named_clinician(f"{key}_who")
    pressed = st.pills(t("Why?"), offered, format_func=t, key=f"{key}_usual")
    words = st.text_input(t("Or in your own words"), key=f"{key}_words", max_chars=200)
    return words.strip() or (t(pressed) if pressed else "")


def saved_or_told(save: Callable[[], object]) -> None:
    """Save and close the form, or say what cannot be right; whatever is entered or changed needs a name."""
    if acting_name() is None:
        say_beside(t("Give your name first."))
        return
    try:
        save()
    except (InvalidEntryError, InvalidPatientError, InvalidRatingError) as error:
        say_beside(str(error))
    else:
        st.rerun()


def analgesia_form(patient_id: str) -> None:
    """Ask what was given, how much, how and when, and keep it."""
    with problems_told():
        drug, dose, unit, route, given_at = _dose_fields(f"give_{patient_id}", None)
        named_clinician(f"give_{patient_id}")
        if st.button(t("Save analgesia"), type="primary", width="stretch"):

            def save() -> None:
                with open_care() as care:
                    care.give(patient_id, drug, dose, unit, route, given_at)

            saved_or_told(save)


def note_form(patient_id: str) -> None:
    """Ask for a note and keep it."""
    with problems_told():
        text = st.text_area(t("Note"), key=f"note_{patient_id}", height=140)
        named_clinician(f"note_{patient_id}")
        if st.button(t("Save note"), type="primary", width="stretch"):

            def save() -> None:
                with open_care() as care:
                    care.write_note(patient_id, text, datetime.now().astimezone())

            saved_or_told(save)


def dose_correction(dose: Dose) -> None:
    """Offer to correct a dose or to say that it was entered in error."""
    with problems_told():
        key = f"dose_{dose.analgesia_id}"
        drug, amount, unit, route, given_at = _dose_fields(key, dose)
        changes = {"drug": drug, "dose": amount, "unit": unit, "route": route, "given_at": given_at}
        _correct_or_withdraw(
            key,
            lambda care, why: care.correct_dose(dose.analgesia_id, changes, why),
            lambda care, why: care.withdraw_dose(dose.analgesia_id, why),
        )


def note_correction(note: Note) -> None:
    """Offer to correct a note or to say that it was entered in error."""
    with problems_told():
        key = f"note_{note.note_id}"
        text = st.text_area(t("Note"), value=note.text, key=f"{key}_text", height=140)
        _correct_or_withdraw(
            key,
            lambda care, why: care.correct_note(note.note_id, {"text": text}, why),
            lambda care, why: care.withdraw_note(note.note_id, why),
        )


def withdrawal(assessment_id: str) -> None:
    """Ask why an assessment was saved in error, and mark it so."""
    with problems_told():
        st.caption(t("It stays on record, marked as withdrawn, and counts no more."))
        why = ask_reason(f"withdraw_{assessment_id}")
        if st.button(t("Withdraw this assessment"), type="primary", width="stretch"):

            def save() -> None:
                with open_care() as care:
                    care.withdraw_assessment(assessment_id, why)

            saved_or_told(save)


def manual_withdrawal(manual_id: str) -> None:
    """Show a rating by hand and offer to say that it was entered in error."""
    with problems_told(), open_manual() as manual:
        rating = manual.manual_rating(manual_id)
        context = CONTEXT_NAMES[rating.context] if rating.context else t("Context not given")
        said = listed([KIND_NAMES[Kind(rating.kind.value)], f"{rating.score:g}", context])
        st.html(
            f'<div class="peea-row">{chip(rating.grade)}<br><b>{escape(said)}</b><br><span class="quiet">'
            f"{escape(listed([rating.rater, time_text(in_zone(rating.rated_at)), rating.reason]))}</span></div>"
        )
        if rating.codes is not None:
            letters = [f"{name} {FACS_LETTERS[code]}" for name, code in rating.codes.codes.items()]
            st.caption(listed(letters))
        if rating.withdrawn:
            say(t("Entered in error: {reason}", reason=rating.withdrawn_reason or ""), "warning")
            return
        why = ask_reason(f"manual_{manual_id}")
        if st.button(t("It was entered in error"), width="stretch"):
            saved_or_told(lambda: manual.withdraw(manual_id, why))


def _dose_fields(key: str, dose: Dose | None) -> tuple[str, float, DoseUnit, Route, datetime]:
    offered = [t(name) for name in USUAL]
    now = dose.drug if dose else None
    if now is not None and now not in offered:
        offered.insert(0, now)
    drug = st.selectbox(
        t("Drug"),
        offered,
        index=None if now is None else offered.index(now),
        key=f"{key}_drug",
        accept_new_options=True,
        placeholder=t("Choose or type"),
    )
    usual = {t(name): both for name, both in USUAL.items()}.get(drug or "", (DoseUnit.MG, Route.ORAL))
    unit_now, route_now = (dose.unit, dose.route) if dose and dose.drug == drug else usual
    amount_column, unit_column = st.columns(2)
    amount = amount_column.number_input(
        t("Dose"), min_value=0.0, value=dose.dose if dose else None, step=0.5, format="%g", key=f"{key}_amount"
    )
    units, routes = list(DoseUnit), list(Route)
    # The key holds the drug, so that another drug brings its own usual unit and route.
    unit = unit_column.selectbox(t("Unit"), units, index=units.index(unit_now), key=f"{key}_unit_{drug}")
    route = st.selectbox(
        t("How it was given"),
        routes,
        index=routes.index(route_now),
        format_func=ROUTE_NAMES.__getitem__,
        key=f"{key}_route_{drug}",
    )
    given_at = ward_clock(t("Given at"), f"{key}_at", in_zone(dose.given_at) if dose else None)
    return drug or "", amount or 0.0, unit, route, given_at or datetime.now().astimezone()


def _correct_or_withdraw(key: str, correct: Callable[..., Any], withdraw: Callable[..., Any]) -> None:
    why = ask_reason(key)
    keep, drop = st.columns(2)

    def run(change: Callable[..., Any]) -> Callable[[], None]:
        def save() -> None:
            with open_care() as care:
                change(care, why)

        return save

    if keep.button(t("Save the correction"), type="primary", width="stretch", key=f"{key}_correct"):
        saved_or_told(run(correct))
    if drop.button(t("It was entered in error"), width="stretch", key=f"{key}_withdraw"):
        saved_or_told(run(withdraw))
    st.caption(t("What stood there before is kept, with your name and the reason."))


def day_field(label: str, key: str, value: date | None) -> date | None:
    """Ask for a day; none is allowed."""
    return st.date_input(label, value=value, key=key, min_value=date(1900, 1, 1), format="DD/MM/YYYY")
