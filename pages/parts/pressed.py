"""What was pressed in a piece of HTML: a long list is one piece of HTML, since a widget a row would be slow."""

from __future__ import annotations

import streamlit as st

OPEN = "data-peea-opens"
"""Attribute of the HTML elements that can be pressed; its value says what was pressed."""

_EARLY = f"""<script>
window.peeaPressing = window.peeaPressing || {{ send: null, waiting: null, listening: false }};
if (!window.peeaPressing.listening) {{
  window.peeaPressing.listening = true;
  document.addEventListener('click', (event) => {{
    const element = event.target.closest && event.target.closest('[{OPEN}]');
    if (!element) return;
    const value = element.getAttribute('{OPEN}');
    if (window.peeaPressing.send) window.peeaPressing.send(value);
    else window.peeaPressing.waiting = value;
  }});
}}
</script>"""
"""Listens from the first moment on: the component below is loaded a little later, and a press must not be lost."""

_LISTENER = """
export default function({ setTriggerValue }) {
  const pressing = window.peeaPressing = window.peeaPressing || { send: null, waiting: null, listening: false };
  const send = (value) => setTriggerValue('pressed', value);
  pressing.send = send;
  if (pressing.waiting !== null) {
    const value = pressing.waiting;
    pressing.waiting = null;
    send(value);
  }
  return () => { if (pressing.send === send) pressing.send = null; };
}
"""

_listen = st.components.v2.component("peea_pressed", js=_LISTENER)


def pressed(key: str) -> str | None:
    """Return the value of that attribute of the element that was just pressed, once; None if none was.

    Call it once on a page, whatever the number of elements.
    """
    st.html(_EARLY, unsafe_allow_javascript=True)
    return _listen(key=key, on_pressed_change=lambda: None).pressed
