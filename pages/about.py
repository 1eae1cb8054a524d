"""About this model: which model may I trust, for what, and how far?"""

from typing import Any

import streamlit as st

from pages.parts.chips import escape
from pages.parts.way_in import require_app
from peea.language import t
from peea.model_cards import model_names, read_card, training_text


def page() -> None:
    """Show the card of each installed model; the one that grades comes first."""
    st.title(t("About this model"), anchor=False)
    for number, name in enumerate(model_names()):
        card = read_card(name)
        if number == 0:
            show_card(card)
        else:
            with st.expander(t("Also installed: {name}", name=name)):
                show_card(card)


def show_card(card: dict[str, Any]) -> None:
    """Show what a card says, in the order in which staff ask."""
    validated = (
        t("Validated at this site.") if card.get("clinically_validated") else t("Not validated for clinical decisions.")
    )
    trained_on = t("Trained on: {what}", what=training_text(str(card["trained_on"])))
    st.html(
        f'<div class="peea-result"><b>{escape(str(card["name"]))} {escape(str(card["version"]))}</b>'
        f'<p class="sentence">{escape(validated)}</p>'
        f'<p class="remark">{escape(trained_on)}</p></div>'
    )
    if card.get("intended_use"):
        st.header(t("Intended use"), anchor=False)
        st.html(f'<p class="peea-row">{escape(t(str(card["intended_use"])))}</p>')
    if card.get("limits"):
        st.header(t("Limits"), anchor=False)
        st.html("<ul>" + "".join(f"<li>{escape(t(str(limit)))}</li>" for limit in card["limits"]) + "</ul>")
    st.header(t("Identity"), anchor=False)
    facts = [
        (t("Released"), card.get("released", "")),
        (t("Network"), card["network"]),
        (t("Face size"), t("{n} x {n} pixels", n=card["input_size"])),
        (t("SHA-256 of the weights"), card["weights"].get("sha256", "")),
    ]
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(str(value))}</td></tr>" for name, value in facts if value)
    st.html(f'<table class="peea-facts">{rows}</table>')
    with st.expander(t("The whole card")):
        st.json(card, expanded=1)


require_app()
page()
