"""What was pressed in a piece of HTML: a long list is one piece of HTML, since a widget a row would be slow."""

from __future__ import annotations

import streamlit as st

OPEN = "data-open"
"""Attribute of the HTML elements that can be pressed; its value says what was pressed."""

_LISTENER = f"""
let listening = null;
export default function({{ setTriggerValue }}) {{
  if (listening) document.removeEventListener('click', listening);
  listening = (event) => {{
    const pressed = event.target.closest && event.target.closest('[{OPEN}]');
    if (pressed) setTriggerValue('pressed', pressed.getAttribute('{OPEN}'));
  }};
  document.addEventListener('click', listening);
  return () => {{ document.removeEventListener('click', listening); listening = null; }};
}}
"""

_listen = st.components.v2.component("peea_pressed", js=_LISTENER)


def pressed(key: str) -> str | None:
    """Return the value of `data-open` of the element that was just pressed, once; None if none was.

    Call it once on a page, whatever the number of elements.
    """
    return _listen(key=key, on_pressed_change=lambda: None).pressed
