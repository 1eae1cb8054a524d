"""Rating a set: the queue of one rater, alone and blind to PEEA and to the others."""

from __future__ import annotations

import mimetypes

import streamlit as st

from pages.parts.chips import chip, escape
from pages.parts.clinician import named_clinician
from pages.parts.pspi_form import coding, forget_coding, pspi_form, set_coding, type_codes
from pages.parts.rating_room import open_ratings, rating_room
from pages.parts.saying import say
from pages.parts.visit import acting_name, actor
from peea.access import Permission
from peea.clock import in_zone, time_text
from peea.language import Names, later, t, tn
from peea.rating import coding_of
from peea.scales import CONTEXT_NAMES, grade_of_vas
from peea.store import QueuedItem, Rater, Rating, RatingSet, RatingStore, SetKind, StoreError

KIND_NAMES = Names({SetKind.KEY_FRAMES: later("Key frames"), SetKind.RECORDINGS: later("Recordings")})
REASONS = Names(
    {
        "covered": later("Face covered"),
        "turned": later("Turned away"),
        "blurred": later("Blurred"),
        "light": later("Too dark or too bright"),
        "other": later("Not the patient's face"),
    }
)
"""Why a face cannot be rated; the words are kept with the rating."""

VAS_SHORTCUTS = (*"0123456789", "X")
_VAS = "vas_of"


def rate() -> None:
    """Let the rater be named, a set be chosen, and rate it."""
    room, name = rating_room(), acting_name()
    if room.set_id is not None and name is not None:
        with open_ratings() as store:
            _queue(store, store.set(room.set_id), store.rater(name))
        return
    name = named_clinician("rater")
    if name is not None:
        with open_ratings() as store:
            _choose_set(store, name)


def tell_once() -> None:
    """Say what is to be said once: that something was saved or made, or why not."""
    room = rating_room()
    if room.problem is not None:
        say(room.problem, "error")
    if room.notice is not None:
        say(room.notice, "good")
    room.problem = room.notice = None


def _choose_set(store: RatingStore, name: str) -> None:
    sets = [each for each in store.sets() if not each.closed and not each.simulated]
    if not sets:
        say(
            t("There is nothing to rate. Prepare a set first.")
            if actor().may(Permission.PREPARE_RATING)
            else t("There is nothing to rate at present.")
        )
        return
    st.caption(t("You rate alone: neither PEEA's grades nor those of other raters are shown."))
    for each in sets:
        done = next((count for rater, count in each.done.items() if rater.casefold() == name.casefold()), 0)
        with st.container(border=True):
            what, how_far, button = st.columns([5, 4, 2], vertical_alignment="center")
            what.html(
                f'<div class="peea-row"><b>{escape(each.title)}</b><br><span class="quiet">'
                f"{escape(KIND_NAMES[each.kind])}</span></div>"
            )
            how_far.progress(done / each.items, t("{done} of {n} rated by you", done=done, n=each.items))
            button.button(
                t("Start") if not done else t("Go on") if done < each.items else t("Look again"),
                key=f"start_{each.set_id}",
                type="primary" if done < each.items else "secondary",
                on_click=rating_room().start,
                args=(each.set_id,),
                width="stretch",
            )


def _queue(store: RatingStore, rated: RatingSet, rater: Rater) -> None:
    room = rating_room()
    queue = store.queue(rated.set_id, rater.rater_id)
    done = sum(each.rating is not None for each in queue)
    place = None if rated.closed else _place(queue, room.item_id)
    title, how_far, pause = st.columns([4, 5, 2], vertical_alignment="center")
    title.html(f'<h1 class="peea-place">{escape(_heading(rated, queue, place))}</h1>')
    so_far = t("{title}: {done} of {n} rated by {name}", title=rated.title, done=done, n=len(queue), name=rater.name)
    how_far.progress(done / len(queue), so_far)
    pause.button(t("Pause"), on_click=room.leave, width="stretch", help=t("What you saved stays; go on at any time."))
    tell_once()
    if rated.closed:
        say(t("This set is closed: nobody rates in it any more."))
        return
    if place is None:
        say(t("You have rated everything in this set. Open one below to correct it, or pause."), "good")
    else:
        _item(store, rater, queue, place)
    _overview(queue, place)


def _heading(rated: RatingSet, queue: list[QueuedItem], place: int | None) -> str:
    if place is None:
        return rated.title
    number = t("{number} of {n}", number=place + 1, n=len(queue))
    if rated.kind is SetKind.KEY_FRAMES:
        return t("Key frame {number}", number=number)
    return t("Recording {number}", number=number)


def _place(queue: list[QueuedItem], item_id: str | None) -> int | None:
    """The place of the item looked at: the one that was chosen, else the first without a rating."""
    for place, each in enumerate(queue):
        if each.item.item_id == item_id if item_id is not None else each.rating is None:
            return place
    return None


def _item(store: RatingStore, rater: Rater, queue: list[QueuedItem], place: int) -> None:
    queued = queue[place]
    file = store.content_of(queued.item)
    key_frame = queued.item.time_s is not None
    if queued.rating is not None:
        _history(store.history(queued.item.item_id, rater.rater_id))
    if file is None:
        say(t("The picture was removed, since the patient no longer consents. Go on with the next one."), "warning")
        st.button(t("Next"), on_click=_go, args=(_next_open(queue, place),), type="primary")
        return
    picture, form = st.columns([5, 6], gap="medium")
    with picture:
        if key_frame:
            st.image(file, width="stretch")
        else:
            st.video(file, format=mimetypes.guess_type(str(queued.item.file))[0] or "video/mp4")
            if queued.item.context is not None:
                st.caption(CONTEXT_NAMES[queued.item.context])
    with form:
        if key_frame:
            _frame_form(rater, queue, place)
        else:
            _recording_form(rater, queue, place)
        if key_frame:
            type_codes(_key(rater, queued))
        with st.expander(t("It cannot be rated")):
            why = st.pills(t("Why"), list(REASONS), format_func=REASONS.__getitem__, key=f"why_{queued.item.item_id}")
            st.button(
                t("Save as not to be rated"),
                disabled=why is None,
                on_click=_save,
                args=(rater, queue, place),
                kwargs={"cannot": str(why)},
                width="stretch",
            )


def _frame_form(rater: Rater, queue: list[QueuedItem], place: int) -> None:
    queued = queue[place]
    key = _key(rater, queued)
    if queued.rating is not None and queued.rating.codes is not None and not coding(key).codes:
        set_coding(key, coding_of(queued.rating.codes))
    now = pspi_form(key)
    back, save = st.columns([1, 2])
    back.button(t("Back"), key=f"{key}_back", shortcut="Backspace", on_click=_back, args=(key,), width="stretch")
    save.button(
        t("Save and next") if queued.rating is None else t("Save the correction"),
        key=f"{key}_save",
        shortcut="Enter",
        type="primary",
        disabled=bool(now.missing),
        on_click=_save_codes,
        args=(rater, queue, place, key),
        width="stretch",
    )


def _key(rater: Rater, queued: QueuedItem) -> str:
    return f"{rater.rater_id}_{queued.item.item_id}"


def _recording_form(rater: Rater, queue: list[QueuedItem], place: int) -> None:
    queued = queue[place]
    key = f"{_VAS}_{rater.rater_id}_{queued.item.item_id}"
    if key not in st.session_state and queued.rating is not None and queued.rating.vas is not None:
        st.session_state[key] = queued.rating.vas
    st.html(
        f'<div class="peea-action"><b>{escape(t("How much pain is this patient in?"))}</b> '
        f"{escape(t('0 is no pain, 10 the worst pain imaginable. Watch as long as you like.'))}</div>"
    )
    chosen = st.session_state.get(key)
    with st.container(key="vas_scores"):
        for first in (0, 6):
            columns = st.columns(6, gap="xsmall")
            for column, score in zip(columns, range(first, min(first + 6, 11)), strict=False):
                column.button(
                    str(score),
                    key=f"{key}_{score}",
                    shortcut=VAS_SHORTCUTS[score],
                    type="primary" if chosen == score else "secondary",
                    on_click=_choose_vas,
                    args=(key, score),
                    width="stretch",
                )
    with st.container():  # what follows keeps its place
        if chosen is not None:
            st.html(
                f'<div class="peea-total" role="status"><span class="value">VAS {chosen:g}</span> '
                f"{chip(grade_of_vas(chosen))}</div>"
            )
    nrs = st.pills(
        t("What the patient said (NRS 0-10), if the patient was asked"),
        list(range(11)),
        key=f"nrs_{key}",
    )
    st.button(
        t("Save and next") if queued.rating is None else t("Save the correction"),
        shortcut="Enter",
        key=f"{key}_save",
        type="primary",
        disabled=chosen is None,
        on_click=_save_vas,
        args=(rater, queue, place, chosen, nrs),
        width="stretch",
    )


def _history(history: list[Rating]) -> None:
    said = []
    for each in history:
        what = _words(each)
        when = time_text(in_zone(each.given_at))
        said.append(
            t("You rated this {time}: {what}.", time=when, what=what)
            if each.number == 1
            else t("Corrected {time}: {what}.", time=when, what=what)
        )
    st.html("".join(f'<div class="peea-row quiet">{escape(one)}</div>' for one in said))


def _words(rating: Rating) -> str:
    if rating.codes is not None:
        letters = rating.codes.letters or t("every action absent")
        return t("{codes}, PSPI {total}", codes=letters, total=rating.codes.pspi)
    if rating.vas is not None:
        return t("VAS {vas}", vas=f"{rating.vas:g}")
    return t("cannot be rated, {why}", why=REASONS.get(rating.cannot or "", rating.cannot or "").lower())


def _overview(queue: list[QueuedItem], place: int | None) -> None:
    """Offer every item of the queue, to correct one or to go on elsewhere."""
    rated = sum(each.rating is not None for each in queue)
    with st.expander(tn("Your queue: {n} item", "Your queue: {n} items", len(queue)), expanded=place is None):
        if rated:
            st.caption(t("A correction keeps what you said before."))
        for first in range(0, len(queue), 4):
            for column, number in zip(st.columns(4), range(first, min(first + 4, len(queue))), strict=False):
                each = queue[number]
                column.button(
                    t("{number}: open", number=number + 1)
                    if each.rating is None
                    else t("{number}: {what}", number=number + 1, what=_result(each.rating)),
                    key=f"go_{each.item.item_id}",
                    type="primary" if number == place else "secondary",
                    on_click=_go,
                    args=(each.item.item_id,),
                    width="stretch",
                )


def _result(rating: Rating) -> str:
    if rating.codes is not None:
        return f"PSPI {rating.codes.pspi}"
    return t("VAS {vas}", vas=f"{rating.vas:g}") if rating.vas is not None else t("not rated")


def _save_codes(rater: Rater, queue: list[QueuedItem], place: int, key: str) -> None:
    now = coding(key)
    if not now.missing and _save(rater, queue, place, codes=now.finished()):
        forget_coding(key)


def _save_vas(rater: Rater, queue: list[QueuedItem], place: int, vas: float | None, nrs: int | None) -> None:
    if vas is None:
        return
    _save(rater, queue, place, nrs, vas=vas)


def _save(rater: Rater, queue: list[QueuedItem], place: int, nrs: int | None = None, **given: object) -> bool:
    """Keep a rating and go on; where that fails, say so, stay, and return False."""
    room = rating_room()
    item_id, corrected = queue[place].item.item_id, queue[place].rating is not None
    try:
        with open_ratings() as store:
            store.rate(item_id, rater.rater_id, **given)  # type: ignore[arg-type]
            if nrs is not None:
                store.report_nrs(item_id, nrs)
    except StoreError as error:
        room.problem = str(error)
        return False
    if corrected:
        room.notice = t("The correction is saved; what you said before is kept beside it.")
    room.item_id = _next_open(queue, place)
    return True


def _next_open(queue: list[QueuedItem], place: int) -> str | None:
    """The id of the next item without a rating after this place, else the first one, else None."""
    order = [*range(place + 1, len(queue)), *range(place)]
    return next((queue[other].item.item_id for other in order if queue[other].rating is None), None)


def _go(item_id: str | None) -> None:
    rating_room().item_id = item_id


def _back(key: str) -> None:
    set_coding(key, coding(key).back())


def _choose_vas(key: str, score: int) -> None:
    st.session_state[key] = score
