"""About this model: which model may I trust, for what, and how far?"""

from typing import Any

import streamlit as st

from pages.parts.chips import escape
from pages.parts.way_in import require_app
from peea.model_cards import model_names, read_card


def page() -> None:
    """Show the card of each installed model; the one that grades comes first."""
    st.title("About this model", anchor=False)
    for number, name in enumerate(model_names()):
        card = read_card(name)
        if number == 0:
            show_card(card)
        else:
            with st.expander(f"Also installed: {name}"):
                show_card(card)


def show_card(card: dict[str, Any]) -> None:
    """Show what a card says, in the order in which staff ask."""
    validated = "Validated at this site" if card.get("clinically_validated") else "Not validated for clinical decisions"
    st.html(
        f'<div class="peea-result"><b>{escape(str(card["name"]))} {escape(str(card["version"]))}</b>'
        f'<p class="sentence">{escape(validated)}.</p>'
        f'<p class="remark">Trained on: {escape(str(card["trained_on"]))}</p></div>'
    )
    if card.get("intended_use"):
        st.header("Intended use", anchor=False)
        st.html(f'<p class="peea-row">{escape(str(card["intended_use"]))}</p>')
    if card.get("limits"):
        st.header("Limits", anchor=False)
        st.html("<ul>" + "".join(f"<li>{escape(str(limit))}</li>" for limit in card["limits"]) + "</ul>")
    st.header("Identity", anchor=False)
    facts = [
        ("Released", card.get("released", "")),
        ("Network", card["network"]),
        ("Face size", f"{card['input_size']} x {card['input_size']} pixels"),
        ("SHA-256 of the weights", card["weights"].get("sha256", "")),
    ]
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(str(value))}</td></tr>" for name, value in facts if value)
    st.html(f'<table class="peea-facts">{rows}</table>')
    with st.expander("The whole card"):
        st.json(card, expanded=1)


require_app()
page()
