"""What became of a set: who has rated how much, and, once it is closed, how far the raters agree."""

from __future__ import annotations

import re
import shlex

import streamlit as st

from pages.parts.chips import as_text, chip, escape, numbers
from pages.parts.rating_queue import KIND_NAMES
from pages.parts.rating_room import open_ratings
from pages.parts.saying import say
from pages.parts.visit import shared_settings
from peea.clock import in_zone, time_text
from peea.language import listed, t
from peea.rating import ConsistencyRule, ConsistencyRules, FrameAgreement
from peea.rating.training_set import TrainingSet, TrainingSetError
from peea.rating_export import export_training_set, set_agreement
from peea.store import RatingItem, RatingSet, RatingStore, SetKind, default_path
from peea.store.database import key_id_of

FRAMES_A_ROW = 5
TRAINING_FOLDER = "training_sets"


def results() -> None:
    """Show each set; the results of a closed one."""
    with open_ratings() as store:
        sets = store.sets()
        if not sets:
            say(t("No set was made yet. Prepare one first."))
            return
        chosen = st.selectbox(
            t("Set"), [each.set_id for each in sets], format_func={each.set_id: each.title for each in sets}.__getitem__
        )
        rated = next(each for each in sets if each.set_id == chosen)
        if rated.simulated:
            say(t("The ratings in this set are simulated; no clinician gave them."), "warning")
        made = t("Made {time} by {who}.", time=time_text(in_zone(rated.made_at)), who=rated.made_by)
        st.caption(as_text(listed([KIND_NAMES[rated.kind], made])))
        if not rated.closed:
            _how_far(rated)
        if not rated.done:
            say(t("Nobody has rated in this set yet."))
        elif not rated.closed:
            _offer_closing(store, rated)
        elif rated.kind is SetKind.KEY_FRAMES:
            _agreement(store, rated)
        else:
            _recordings(store, rated)
        if rated.closed:
            with st.expander(t("Who rated how much")):
                _how_far(rated)


def _how_far(rated: RatingSet) -> None:
    for name, done in rated.done.items():
        st.progress(done / rated.items, t("{name}: {done} of {n}", name=name, done=done, n=rated.items))


def _offer_closing(store: RatingStore, rated: RatingSet) -> None:
    unfinished = [name for name, done in rated.done.items() if done < rated.items]
    if unfinished:
        say(t("Not finished: {names}.", names=listed(unfinished)), "warning")
    say(t("Results are shown once the set is closed, so that everybody rates blind. A closed set stays closed."))
    sure = st.checkbox(t("Nobody is to rate in this set any more"), key=f"sure_{rated.set_id}")
    if st.button(t("Close the set and see how the raters agree"), type="primary", disabled=not sure):
        store.close_set(rated.set_id)
        st.rerun()


def _agreement(store: RatingStore, rated: RatingSet) -> None:
    rules = shared_settings().rating.consistency
    found = set_agreement(store, rated, rules)
    agreed = len(found.agreed)
    st.html(
        f'<div class="peea-result" role="region" aria-label="{escape(t("Result"))}"><p class="sentence">'
        f"{escape(t('The raters agree on {agreed} of {n} key frames.', agreed=agreed, n=rated.items))}</p>"
        f'<p class="remark">{escape(rule_words(rules))}</p></div>'
    )
    figures = [
        (t("Pairs of raters with the same grade"), found.same_grade, "{:.0%}"),
        (t("Krippendorff's alpha of the grades"), found.alpha, "{:.2f}"),
        (t("ICC(A,1) of the PSPI totals"), found.pspi_icc, "{:.2f}"),
    ]
    st.html(
        numbers([(name, form.format(each.value) if hasattr(each, "value") else "–") for name, each, form in figures])
    )
    for name, each, _ in figures:
        if not hasattr(each, "value"):
            st.caption(t("{figure}: {why}", figure=name, why=str(each)))
    _training(store, rated, agreed)
    items = {item.item_id: item for item in store.items(rated.set_id)}
    _frames(store, t("Key frames on which the raters agree"), items, found.frames, agreed=True)
    _frames(store, t("Key frames on which they do not"), items, found.frames, agreed=False)


def rule_words(rules: ConsistencyRules) -> str:
    """Return the rule of consistency as a sentence."""
    share = f"{100 * rules.least_agreeing:.0f}"
    if rules.rule == ConsistencyRule.NEAR_PSPI:
        return t(
            "Agreed: {share} % of at least {least} raters, whose PSPI lies within {widest} of the median.",
            share=share,
            least=rules.least_raters,
            widest=f"{rules.widest_pspi:g}",
        )
    if rules.least_agreeing == 1:
        return t("Agreed: all raters, at least {least}, give the same grade.", least=rules.least_raters)
    return t("Agreed: {share} % of at least {least} raters give the same grade.", share=share, least=rules.least_raters)


def _training(store: RatingStore, rated: RatingSet, agreed: int) -> None:
    """Write the agreed frames beside the data base and say the one command that trains on them."""
    if not agreed:
        return
    if key_id_of(store.path):
        say(
            t(
                "A training set holds pictures in plain, so it is not written among the encrypted data. Whoever looks "
                "after PEEA writes it to an encrypted disk with this command:"
            )
        )
        st.code(f"peea ratings export {shlex.quote(rated.title)} --out FOLDER", language="sh")
        return
    key = f"training_{rated.set_id}"
    if st.button(t("Write the training set"), type="primary"):
        name = re.sub(r"\W+", "_", rated.title).strip("_") or rated.set_id
        folder = default_path().parent.resolve() / TRAINING_FOLDER
        place, number = folder / name, 2
        while place.exists():
            place, number = folder / f"{name}_{number}", number + 1
        try:
            rules = shared_settings().rating.consistency
            st.session_state[key] = export_training_set(store, rated, place, rules)
        except TrainingSetError as error:
            say(str(error), "error")
    written: TrainingSet | None = st.session_state.get(key)
    if written is None:
        return
    say(
        t(
            "{n} key frames of {patients} patients are in {folder}.",
            n=written.images,
            patients=written.patients,
            folder=written.folder,
        ),
        "good",
    )
    for remark in written.remarks:
        say(remark)
    st.caption(t("This command trains a grader on them:"))
    st.code(f"peea train efficientnet_lite0 --data {written.folder} --name my_grader", language="sh")


def _frames(
    store: RatingStore,
    title: str,
    items: dict[str, RatingItem],
    frames: dict[str, FrameAgreement] | object,
    agreed: bool,
) -> None:
    chosen = [(items[name], each) for name, each in dict(frames).items() if each.agreed is agreed]  # type: ignore[call-overload]
    if not chosen:
        return
    with st.expander(f"{title} ({len(chosen)})"):
        for first in range(0, len(chosen), FRAMES_A_ROW):
            for column, (item, each) in zip(
                st.columns(FRAMES_A_ROW), chosen[first : first + FRAMES_A_ROW], strict=False
            ):
                with column:
                    picture = store.content_of(item)
                    if picture is not None:
                        st.image(picture, width="stretch")
                    said = (
                        chip(each.grade)
                        if each.agreed
                        else escape(t("{agreeing} of {raters} agree", agreeing=each.agreeing, raters=each.raters))
                    )
                    st.html(f'<div class="peea-row">{said}</div>')


def _recordings(store: RatingStore, rated: RatingSet) -> None:
    """List the VAS of each rater beside what the patient said."""
    ratings, nrs = store.ratings_of_set(rated.set_id), store.nrs(rated.set_id)
    rows = []
    for item in store.items(rated.set_id):
        row: dict[str, object] = {t("Patient"): item.patient_code, t("Recording"): item.recording}
        for name in rated.done:
            given = ratings[item.item_id].get(name)
            row[name] = None if given is None else given.vas
        rows.append(row | {t("Patient's NRS"): nrs.get(item.item_id)})
    st.dataframe(rows, hide_index=True, width="stretch")
