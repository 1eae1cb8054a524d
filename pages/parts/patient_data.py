"""The patient's own data: who, where, consent, eligibility, and what was corrected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import streamlit as st

from pages.parts.care_dialogs import CORRECTION_REASONS, ask_reason, day_field, saved_or_told, ward_clock
from pages.parts.chips import as_text, escape
from pages.parts.clinician import named_clinician
from pages.parts.saying import problems_told, say
from pages.parts.visit import acting_name, open_care
from peea.care.eligibility import Eligibility, eligibility_of
from peea.clock import date_text, in_zone, time_text
from peea.language import Names, joined, later, listed, t
from peea.store import CareLog, Patient, Sex, Side
from peea.store.care import Answer, ConsentDecision, ConsentGiver, ConsentPurpose, Correction, EligibilityQuestion
from peea.store.names import (
    ANSWER_NAMES,
    CONSENT_NAMES,
    DECISION_NAMES,
    FIELD_NAMES,
    GIVER_NAMES,
    QUESTION_NAMES,
    ROUTE_NAMES,
    SEX_NAMES,
    SIDE_NAMES,
    STATUS_NAMES,
)
from peea.store.withdrawal import removed_sentence

REMOVED_WITH = Names(
    {
        ConsentPurpose.ASSESSMENT: later("Recordings of this patient that were kept are removed with it."),
        ConsentPurpose.KEY_FRAMES: later(
            "Key frames and recordings of this patient that were kept for rating are removed with it."
        ),
        ConsentPurpose.RESEARCH: later("This patient's recordings are taken out of drafts of studies with it."),
    }
)
"""What goes when a patient says no, before it is saved."""


def show_data(patient: Patient) -> None:
    """Show who the patient is and offer to correct it."""
    shown = [(FIELD_NAMES[field], value) for field, value in _facts(patient).items()]
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value or '–')}</td></tr>" for name, value in shown)
    st.html(f'<table class="peea-facts">{rows}</table>')
    correct, leave = st.columns(2)
    if correct.button(t("Correct these data"), width="stretch", key="correct_patient"):
        st.dialog(t("Correct the data of {name}", name=as_text(patient.name)), width="large")(_correct)(patient)
    if patient.left_at is None:
        if leave.button(t("The patient has left the ward"), width="stretch", key="leave"):
            st.dialog(t("{name} leaves the ward", name=as_text(patient.name)))(_leave)(patient)
    elif leave.button(t("The patient is back on the ward"), width="stretch", key="back"):
        st.dialog(t("{name} is back on the ward", name=as_text(patient.name)))(_back)(patient)


def _facts(patient: Patient) -> dict[str, str]:
    return {
        "study_code": patient.study_code,
        "name": patient.name,
        "birth_date": date_text(patient.birth_date),
        "sex": SEX_NAMES[patient.sex],
        "ward": patient.ward,
        "bed": patient.bed,
        "team": patient.team,
        "fracture": listed([patient.fracture, SIDE_NAMES[patient.fracture_side] if patient.fracture_side else ""]),
        "surgery_date": date_text(patient.surgery_date) if patient.surgery_date else "",
        "cognition": patient.cognition,
        "communication": patient.communication,
        "notes": patient.notes,
        "arrived_at": time_text(in_zone(patient.arrived_at)),
        "left_at": time_text(in_zone(patient.left_at)) if patient.left_at else "",
    }


def _correct(patient: Patient) -> None:
    with problems_told():
        key, changes = f"data_{patient.patient_id}", dict[str, Any]()
        left, right = st.columns(2)
        changes["name"] = left.text_input(FIELD_NAMES["name"], patient.name, key=f"{key}_name")
        with right:
            born = day_field(FIELD_NAMES["birth_date"], f"{key}_born", patient.birth_date)
        changes["birth_date"] = born or patient.birth_date
        changes["sex"] = left.selectbox(
            FIELD_NAMES["sex"],
            list(Sex),
            index=list(Sex).index(patient.sex),
            format_func=SEX_NAMES.__getitem__,
            key=f"{key}_sex",
        )
        ward, bed, team = right.columns(3)
        for column, field in ((ward, "ward"), (bed, "bed"), (team, "team")):
            changes[field] = column.text_input(FIELD_NAMES[field], getattr(patient, field), key=f"{key}_{field}")
        changes["fracture"] = left.text_input(FIELD_NAMES["fracture"], patient.fracture, key=f"{key}_fracture")
        changes["fracture_side"] = right.selectbox(
            FIELD_NAMES["fracture_side"],
            list(Side),
            index=list(Side).index(patient.fracture_side) if patient.fracture_side else None,
            format_func=SIDE_NAMES.__getitem__,
            key=f"{key}_side",
            placeholder="–",
        )
        with left:
            changes["surgery_date"] = day_field(FIELD_NAMES["surgery_date"], f"{key}_surgery", patient.surgery_date)
        with right:
            arrived = ward_clock(FIELD_NAMES["arrived_at"], f"{key}_arrived", in_zone(patient.arrived_at))
        # The clock shows minutes: without a change of them, the seconds stay as they were.
        if arrived is not None and abs((arrived - in_zone(patient.arrived_at)).total_seconds()) >= 60:
            changes["arrived_at"] = arrived
        changes["cognition"] = left.text_input(FIELD_NAMES["cognition"], patient.cognition, key=f"{key}_cognition")
        changes["communication"] = right.text_input(
            FIELD_NAMES["communication"], patient.communication, key=f"{key}_communication"
        )
        changes["notes"] = st.text_area(FIELD_NAMES["notes"], patient.notes, key=f"{key}_notes")
        why = ask_reason(key, CORRECTION_REASONS)
        if st.button(t("Save the correction"), type="primary", width="stretch"):
            saved_or_told(_saving(lambda care: care.correct_patient(patient.patient_id, changes, why)))
        st.caption(t("What stood there before is kept, with your name and the reason."))


def _leave(patient: Patient) -> None:
    with problems_told():
        at = ward_clock(t("Left at"), f"leave_{patient.patient_id}")
        where = st.text_input(
            t("Where to, or why"), key=f"where_{patient.patient_id}", placeholder=t("Discharged home")
        )
        named_clinician(f"leave_{patient.patient_id}")
        st.caption(t("The patient goes off the board. All records stay."))
        if st.button(t("Save"), type="primary", width="stretch"):
            why = where.strip() or t("Left the ward")
            saved_or_told(_saving(lambda care: care.correct_patient(patient.patient_id, {"left_at": at}, why)))


def _back(patient: Patient) -> None:
    with problems_told():
        named_clinician(f"back_{patient.patient_id}")
        if st.button(t("Back on the ward"), type="primary", width="stretch"):
            why = t("Back on the ward")
            saved_or_told(_saving(lambda care: care.correct_patient(patient.patient_id, {"left_at": None}, why)))


def _saving(change: Callable[[CareLog], Any]) -> Callable[[], None]:
    def save() -> None:
        with open_care() as care:
            change(care)

    return save


def show_consent(patient: Patient) -> None:
    """Show what the patient consents to, and the inclusion and exclusion answers."""
    with open_care() as care:
        in_force, answers, every = (
            care.consents_in_force(patient.patient_id),
            care.answers(patient.patient_id),
            care.consents(patient.patient_id),
        )
        removed = {
            purpose: care.removed_with(patient.patient_id, consent.consent_id) for purpose, consent in in_force.items()
        }
    rows = ""
    for purpose in ConsentPurpose:
        consent = in_force.get(purpose)
        said = t("Not asked yet")
        if consent is not None:
            said = t(
                "{decision} {giver} on {date}, taken by {name}",
                decision=DECISION_NAMES[consent.decision],
                giver=GIVER_NAMES[consent.given_by],
                date=date_text(consent.decided_on),
                name=consent.taken_by,
            )
        told = escape(said)
        if consent is not None and consent.decision is not ConsentDecision.GIVEN:
            told += f'<br><span class="quiet">{escape(removed_sentence(purpose, removed[purpose]))}</span>'
        rows += f"<tr><th>{escape(CONSENT_NAMES[purpose])}</th><td>{told}</td></tr>"
    st.html(f'<table class="peea-facts">{rows}</table>')
    superseded = len(every) - len(in_force)
    if superseded:
        st.caption(t("Earlier decisions on record: {n}.", n=superseded))
    if st.button(t("Record a decision"), width="stretch", key="record_consent"):
        st.dialog(t("Consent of {name}", name=patient.name))(_consent)(patient)
    st.subheader(t("Criteria of the hip-fracture study"), anchor=False)
    _summary(eligibility_of(patient.age(), answers, in_force))
    for question in EligibilityQuestion:
        key = f"ask_{patient.patient_id}_{question}"
        answer = answers.get(question)
        st.segmented_control(
            QUESTION_NAMES[question],
            list(Answer),
            default=answer.answer if answer else None,
            format_func=ANSWER_NAMES.__getitem__,
            key=key,
            on_change=_answer,
            args=(patient.patient_id, question, key),
        )
        if answer is not None:
            st.caption(t("{name}, {time}", name=answer.entered_by, time=time_text(in_zone(answer.entered_at))))


def _answer(patient_id: str, question: EligibilityQuestion, key: str) -> None:
    answer = st.session_state[key]
    with open_care() as care:
        care.answer(patient_id, question, answer or Answer.UNKNOWN)


def _summary(found: Eligibility) -> None:
    if found.included:
        say(t("Fulfils the criteria."), "good")
        return
    if found.included is None:
        open_questions = [QUESTION_NAMES[question] for question in found.unanswered]
        if found.consent is None:
            open_questions.append(t("Consent to research"))
        say(joined([t("Not decided yet."), t("Still to answer: {what}.", what=listed(open_questions))]))
        return
    against = [QUESTION_NAMES[question] for question in found.against]
    if found.too_young:
        against.append(t("Under 65 years"))
    if found.consent in (ConsentDecision.REFUSED, ConsentDecision.TAKEN_BACK):
        against.append(t("No consent to research"))
    say(joined([t("Does not fulfil the criteria."), t("Against it: {what}.", what=listed(against))]), "warning")


def _consent(patient: Patient) -> None:
    with problems_told():
        key = f"consent_{patient.patient_id}"
        purpose = st.pills(
            t("Consent to what?"), list(ConsentPurpose), format_func=CONSENT_NAMES.__getitem__, key=f"{key}_purpose"
        )
        decision = st.pills(
            t("Decision"), list(ConsentDecision), format_func=DECISION_NAMES.__getitem__, key=f"{key}_decision"
        )
        giver = st.pills(
            t("Decided"),
            list(ConsentGiver),
            default=ConsentGiver.PATIENT,
            required=True,
            format_func=GIVER_NAMES.__getitem__,
            key=f"{key}_giver",
        )
        day = day_field(t("On"), f"{key}_day", datetime.now().date())
        named_clinician(key)
        taken_by = st.text_input(t("Taken by"), acting_name() or "", key=f"{key}_taken_by", max_chars=80)
        ready = purpose is not None and decision is not None and day is not None
        if st.button(t("Save the decision"), type="primary", width="stretch", disabled=not ready):
            if purpose is None or decision is None or day is None:
                return
            chosen = (purpose, decision, day)

            def save() -> None:
                with open_care() as care:
                    care.record_consent(patient.patient_id, *chosen, taken_by, ConsentGiver(giver))

            saved_or_told(save)
        if purpose is not None and decision in (ConsentDecision.REFUSED, ConsentDecision.TAKEN_BACK):
            st.caption(REMOVED_WITH[purpose])


def show_corrections(corrections: list[Correction]) -> None:
    """Show what was corrected: old value, new value, who, when, why."""
    if not corrections:
        say(t("Nothing was corrected."))
        return
    head = "".join(
        f"<th>{escape(name)}</th>" for name in (t("When"), t("What"), t("Before"), t("Since"), t("Why"), t("Who"))
    )
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td>{escape(text)}</td>"
            for text in (
                time_text(in_zone(each.corrected_at)),
                FIELD_NAMES[each.field],
                shown_value(each.field, each.old_value),
                shown_value(each.field, each.new_value),
                each.reason,
                each.corrected_by,
            )
        )
        + "</tr>"
        for each in corrections
    )
    st.html(f'<table class="peea-table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>')


def shown_value(field: str, text: str | None) -> str:
    """Return a corrected value as staff read it."""
    names: Mapping[str, Mapping[Any, str]] = {
        "sex": SEX_NAMES,
        "fracture_side": SIDE_NAMES,
        "route": ROUTE_NAMES,
        "status": STATUS_NAMES,
    }
    if not text:
        return "–"
    if field == "withdrawn":
        return t("yes") if text == "1" else t("no")
    if field.endswith("_at"):
        return time_text(in_zone(text))
    if field.endswith("_date"):
        return date_text(date.fromisoformat(text))
    return names[field][text] if field in names else text
