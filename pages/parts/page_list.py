"""Which pages there are, in which order, and for whom: everybody finds in the navigation what their role may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import streamlit as st

from pages.parts.saying import say
from peea.access import REFUSALS, Actor, Permission
from peea.language import later, t


@dataclass(frozen=True)
class PageEntry:
    """One page: its file in pages/, its title, and the permissions of which one shows it; none is for everybody."""

    file: str
    title: str
    needs: tuple[Permission, ...] = ()


PAGES: Final = (
    PageEntry("ward_board", later("Ward board"), (Permission.READ_PATIENTS,)),
    PageEntry("live_grading", later("Live grading"), (Permission.ASSESS,)),
    PageEntry("video_scoring", later("Video scoring"), (Permission.ASSESS,)),
    PageEntry("patient_log", later("Patient log"), (Permission.READ_PATIENTS,)),
    PageEntry("rating", later("Rating"), (Permission.RATE, Permission.ASSESS)),
    PageEntry("agreement", later("Agreement"), (Permission.READ_STUDIES,)),
    PageEntry("model_comparison", later("Model comparison"), (Permission.READ_MODELS,)),
    PageEntry("team_lead", later("Team lead"), (Permission.READ_TEAM,)),
    PageEntry("exchange", later("Export and import"), (Permission.EXPORT, Permission.IMPORT)),
    PageEntry("users", later("Users"), (Permission.MANAGE_USERS,)),
    PageEntry("audit", later("Audit trail"), (Permission.SEARCH_AUDIT,)),
    PageEntry("machine_health", later("Health"), (Permission.MANAGE_SETTINGS,)),
    PageEntry("about", later("About this model")),
)
"""Every page but the own one, in the order of the navigation."""

ONLY_WITH_SIGN_IN: Final = frozenset({"users"})
"""Pages without meaning where nobody signs in."""

MY_ACCOUNT: Final = PageEntry("my_account", later("My account"))


def entries_of(actor: Actor | None, signed_in: bool) -> list[PageEntry]:
    """Return the pages that somebody finds, in order, the first of them the one that opens.

    Args:
        actor: who looks; None is nobody, who finds the sign-in page whatever the address: then all are listed.
        signed_in: whether this site has sign-in at all.
    """
    shown = [
        entry
        for entry in PAGES
        if (signed_in or entry.file not in ONLY_WITH_SIGN_IN)
        and (actor is None or not entry.needs or any(actor.may(needed) for needed in entry.needs))
    ]
    if actor is not None and not actor.may(Permission.READ_PATIENTS):
        shown.sort(key=lambda entry: entry.file != "users")  # what an administrator is there for opens first
    return [*shown, MY_ACCOUNT] if signed_in else shown


def pages_of(actor: Actor | None, signed_in: bool) -> dict[str, st.Page]:
    """Return all pages for st.navigation, by file: those of `entries_of`, and the others hidden.

    A hidden page is opened by its address only, and then `refused` says why it is not shown.
    """
    shown = entries_of(actor, signed_in)
    hidden = [entry for entry in (*PAGES, MY_ACCOUNT) if entry not in shown]
    return {
        entry.file: st.Page(
            f"pages/{entry.file}.py",
            title=t(entry.title),
            url_path="" if entry is shown[0] else _own_path(entry),
            default=entry is shown[0],
            visibility="hidden" if entry in hidden else "visible",
        )
        for entry in (*shown, *hidden)
    }


def own_address(actor: Actor | None, signed_in: bool) -> st.Page:
    """Return a hidden page at the own address of the page that opens first, e.g. /ward-board.

    Streamlit knows the first page of a navigation by "/" alone and calls its own address "not found", but it is the
    address under which others find that page, and one that people keep. Whoever opens it is to be led to "/".
    """
    first = entries_of(actor, signed_in)[0]
    return st.Page(lambda: None, title=t(first.title), url_path=_own_path(first), visibility="hidden")


def _own_path(entry: PageEntry) -> str:
    return entry.file.replace("_", "-")


def is_for(pages: dict[str, st.Page], page: st.Page, actor: Actor, signed_in: bool) -> bool:
    """Return whether a page is for this person."""
    return any(pages[entry.file] is page for entry in entries_of(actor, signed_in))


def refused(pages: dict[str, st.Page], page: st.Page, actor: Actor, signed_in: bool) -> bool:
    """Say that a page is not for this person, and where to go; return whether it is not."""
    if is_for(pages, page, actor, signed_in):
        return False
    shown = entries_of(actor, signed_in)
    entry = next(entry for entry in (*PAGES, MY_ACCOUNT) if pages[entry.file] is page)
    st.title(t(entry.title), anchor=False)
    may = not entry.needs or any(actor.may(needed) for needed in entry.needs)
    say(t("Nobody signs in here: this page has no meaning.") if may else REFUSALS[entry.needs[0]], "warning")
    if st.button(t("Go to {page}", page=t(shown[0].title)), type="primary", width="stretch"):
        st.switch_page(pages[shown[0].file])
    return True
