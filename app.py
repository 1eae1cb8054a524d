"""The app: page set-up, who is signed in, what is always in view, and the pages. Start it with `make run`."""

import importlib
import threading

import streamlit as st

from pages.parts.banner import demonstration_mark, guard_leaving, open_work
from pages.parts.entrance import just_signed_in, keep_cookie, settle_sign_in, watch_sign_in
from pages.parts.keeping import check_data_base, clock_warning
from pages.parts.language_choice import (
    answer_for_visits,
    choose_language,
    remember_language,
    settle_language,
    words_of_widgets,
)
from pages.parts.live_visit import live, open_live_work
from pages.parts.page_list import is_for, own_address, pages_of, refused
from pages.parts.rating_room import unsaved_ratings
from pages.parts.reminder import overdue_reminder
from pages.parts.saying import problems_told
from pages.parts.sign_in_page import sign_in_page
from pages.parts.signed_in_strip import offer_sign_out, signed_in_mark
from pages.parts.style import apply_style
from pages.parts.visit import (
    actor,
    refuse_patients_without_sign_in,
    scoring,
    settle_memory,
    shared_settings,
    without_sign_in,
)
from pages.parts.way_in import close_way, open_way
from peea.access import Permission
from peea.clock import set_zone
from peea.watch.logs import set_up_logs


@st.cache_resource(show_spinner=False)
def set_up_process() -> None:
    """Do once what serves all visits."""
    # Once more, for the loggers that Streamlit has made since the server started.
    set_up_logs(shared_settings().watch)
    settle_memory()
    answer_for_visits()
    # The model's libraries take seconds to load; by the time that a recording is chosen, they are there.
    threading.Thread(target=importlib.import_module, args=("peea.graders",), name="loading", daemon=True).start()


def show_page() -> None:
    """Show the page of the address to whoever may see it, below what is always in view."""
    set_zone(shared_settings().ward.zone())
    check_data_base()
    refuse_patients_without_sign_in()
    who = None if without_sign_in() else settle_sign_in()
    nobody = who is None and not without_sign_in()
    visitor, has_sign_in = None if nobody else actor(), not without_sign_in()
    pages, first_by_name = pages_of(visitor, has_sign_in), own_address(visitor, has_sign_in)
    page = st.navigation([*pages.values(), first_by_name], position="hidden" if nobody else "top")
    first = next(iter(pages.values()))
    if page is first_by_name:
        st.switch_page(first, query_params=st.query_params.to_dict())
    if who is not None and just_signed_in() and not is_for(pages, page, actor(), signed_in=True):
        # The sign-in page stood at the address of a page that is somebody else's.
        st.switch_page(first)
    unsaved = False if nobody else work_is_unsaved()
    mark, *buttons = st.columns([6, 1] if who is None else [5, 1, 1], vertical_alignment="center")
    with mark:
        if without_sign_in():
            demonstration_mark()
        elif who is not None:
            signed_in_mark(who)
    with buttons[0]:
        choose_language()
    if nobody:
        sign_in_page()
        return
    if who is not None:
        with buttons[1]:
            offer_sign_out(unsaved)
        watch_sign_in()
    clock_warning()
    open_way()
    visit = scoring()
    visit.take_over()
    if page is not pages.get("video_scoring"):
        open_work(visit)
    if page is not pages.get("live_grading"):
        open_live_work()
    if page not in (pages.get("ward_board"), pages.get("patient_log")) and actor().may(Permission.READ_PATIENTS):
        overdue_reminder()
    words_of_widgets()
    if not refused(pages, page, actor(), signed_in=not without_sign_in()):
        page.run()
    if who is not None:
        keep_cookie(who)


def work_is_unsaved() -> bool:
    """True if leaving would lose something that this visit holds."""
    return scoring().unsaved or live().unsaved or live().running or unsaved_ratings()


set_up_process()
st.set_page_config(page_title="PEEA", page_icon="pages/parts/icon.png", layout="wide")
settle_language()
apply_style()
close_way()
with problems_told():
    show_page()
    remember_language()
    guard_leaving(work_is_unsaved())
