"""The one stylesheet of all pages: what Streamlit's theme cannot say."""

from __future__ import annotations

import streamlit as st

from peea.grade_style import GRADE_STYLES, NOT_ASSESSED

TOUCH_PX = 44
"""Smallest side of anything that is pressed: a fingertip in a glove."""


def _grade_rules() -> str:
    rules = [
        f".peea-chip.grade-{int(grade)} {{ background: {style.fill}; color: {style.text}; }}"
        for grade, style in GRADE_STYLES.items()
    ]
    rules.append(
        f".peea-chip.not-assessed {{ color: {NOT_ASSESSED.text}; background: repeating-linear-gradient(45deg, "
        f"{NOT_ASSESSED.fill} 0 7px, {NOT_ASSESSED.stripe} 7px 10px); }}"
    )
    return "\n".join(rules)


STYLESHEET = f"""
.block-container {{ max-width: 1080px; padding-top: 4.25rem; padding-bottom: 4rem; }}
.stMain [data-testid="stHeading"] h1 {{ font-size: 1.9rem; padding: 0.4rem 0 0.2rem; }}
.stMain [data-testid="stHeading"] h2 {{ font-size: 1.35rem; padding: 1rem 0 0.2rem; }}
.stMain [data-testid="stHeading"] h3 {{ font-size: 1.1rem; padding: 0.4rem 0 0; }}

/* Touch targets */
.stButton button, .stDownloadButton button, .stFormSubmitButton button, .stFileUploader button,
[data-testid="stButtonGroup"] button,
[data-testid="stTopNavLink"], [data-testid="stHeader"] button, [data-testid="stExpander"] summary,
.react-aria-ComboBox [role="group"],
.react-aria-ComboBox button, .stTextInput [data-testid="stTextInputRootElement"], [data-testid="stDateInputField"],
[role="dialog"] button, [role="option"], .stRadio [role="radiogroup"] label, .stCheckbox label {{
  min-height: {TOUCH_PX}px; align-items: center; }}
[role="dialog"] button, .react-aria-ComboBox button {{ min-width: {TOUCH_PX}px; }}
.react-aria-ComboBox button {{ justify-content: center; }}
[data-testid="stButtonGroup"] > div:has(> [data-variant="pills"]) {{ gap: 0.5rem; }}
.stSlider {{ padding-top: 0.4rem; }}
.js-plotly-plot .modebar {{ opacity: 1; }}
.js-plotly-plot .modebar-btn {{ min-width: {TOUCH_PX}px; min-height: {TOUCH_PX}px; padding: 10px !important; }}
.js-plotly-plot .modebar-btn svg {{ width: 24px !important; height: 24px !important; }}

/* The download button in the corner of a table writes cells as they are, formulas among them, past the audit trail:
   what leaves, leaves by the page Export and import. */
[data-testid="stElementToolbarButton"]:has(> * > button[aria-label="Download as CSV"]),
[data-testid="stElementToolbar"] button[aria-label="Download as CSV"] {{ display: none; }}

/* Words that are read in passing */
[data-testid="stWidgetLabel"] p, .peea-label {{ font-size: 1.05rem; font-weight: 600; }}
[data-testid="stCaptionContainer"] {{ opacity: 1 !important; color: #35424C !important; }}
[data-testid="stButtonGroup"] button p {{ font-size: 1rem; }}
[data-testid="stBaseButton-primary"] {{ font-weight: 600; }}

/* The strip that says whose app this is, on every page */
.peea-mark {{ display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; justify-content: space-between; align-items: center;
  border: 2px dashed #8A6D00; background: #FFF8DC; color: #1B2730; border-radius: 0.5rem;
  padding: 0.35rem 0.9rem; font-size: 0.95rem; }}

.peea-mark.signed-in {{ border: 1px solid #9AA7B1; background: #F3F6F8; }}
.peea-code {{ font-family: monospace; font-size: 1.5rem; font-weight: 700; letter-spacing: 0.05em; }}

/* The patient banner */
.peea-banner {{ display: flex; flex-wrap: wrap; gap: 0.2rem 2rem; align-items: center; background: #123A56;
  color: #FFFFFF; border-radius: 0.5rem; padding: 0.6rem 1rem; }}
.peea-banner .who {{ font-size: 1.3rem; font-weight: 700; overflow-wrap: anywhere; }}
.peea-banner .fact {{ font-size: 1rem; overflow-wrap: anywhere; }}
.peea-banner .fact b {{ font-weight: 600; }}

/* Grades */
.peea-chip {{ display: inline-flex; align-items: center; gap: 0.5rem; border-radius: 1rem; border: 1px solid #1B2730;
  padding: 0.15rem 0.8rem 0.15rem 0.35rem; font-weight: 600; white-space: nowrap; line-height: 1.5;
  margin-bottom: 0.25rem; }}
.peea-chip .sign {{ display: inline-block; min-width: 1.5rem; text-align: center; border-radius: 1rem;
  background: #FFFFFF; color: #000000; font-weight: 700; }}
{_grade_rules()}

/* The result */
.peea-result {{ border: 2px solid #1F5F8B; border-radius: 0.6rem; padding: 0.9rem 1.1rem; background: #FFFFFF; }}
.peea-result .sentence {{ font-size: 1.45rem; line-height: 1.35; font-weight: 600; margin: 0.5rem 0 0; }}
.peea-result .remark {{ font-size: 1.05rem; margin: 0.5rem 0 0; }}
.peea-numbers {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 0.6rem; }}
.peea-numbers div {{ border: 1px solid #C4CDD4; border-radius: 0.5rem; padding: 0.5rem 0.8rem; }}
.peea-numbers .value {{ display: block; font-size: 1.35rem; font-weight: 700; }}
.peea-numbers .name {{ display: block; font-size: 0.95rem; color: #35424C; }}
.peea-model {{ font-size: 0.95rem; color: #35424C; border-left: 4px solid #9AA7B1; padding-left: 0.8rem; }}
.peea-field-error {{ color: #9B1C1C; font-weight: 600; font-size: 0.95rem; margin-top: -0.6rem; }}
.peea-working {{ font-size: 1.15rem; font-weight: 600; }}
.peea-say {{ border-left: 6px solid; border-radius: 0.4rem; padding: 0.6rem 0.9rem; font-size: 1.05rem;
  overflow-wrap: anywhere; color: #1B2730; }}
.peea-say.error {{ background: #FCEBEA; border-color: #9B1C1C; }}
.peea-say.warning {{ background: #FFF3D6; border-color: #8A6D00; }}
.peea-say.good {{ background: #E5F3EC; border-color: #2E6B52; }}
.peea-say.hint {{ background: #EAF1F6; border-color: #1F5F8B; }}
.peea-alert {{ border: 4px solid #7A1F3D; background: #FCEBEA; border-radius: 0.5rem; padding: 0.8rem 1rem;
  font-size: 1.3rem; color: #1B2730; }}
.peea-facts th {{ text-align: left; padding: 0.3rem 1.2rem 0.3rem 0; vertical-align: top; font-weight: 600; }}
.peea-facts td {{ padding: 0.3rem 0; overflow-wrap: anywhere; }}

/* The ward board: a row is a button */
.peea-board {{ display: flex; flex-direction: column; gap: 0.35rem; }}
.peea-board .head, .peea-board .row {{ display: grid; align-items: center; gap: 0.2rem 0.9rem; text-align: left;
  grid-template-columns: 3.2rem minmax(9rem, 1.3fr) minmax(9rem, 1.1fr) minmax(13rem, 1.6fr) minmax(8rem, 1fr); }}
.peea-board .head {{ color: #35424C; font-weight: 600; font-size: 0.95rem; padding: 0 0.8rem 0 1.1rem; }}
.peea-board .row {{ width: 100%; min-height: {TOUCH_PX}px; border: 1px solid #9AA7B1; border-left: 0.5rem solid #9AA7B1;
  border-radius: 0.5rem; background: #FFFFFF; color: #1B2730; padding: 0.45rem 0.8rem 0.45rem 0.6rem; font: inherit;
  cursor: pointer; }}
.peea-board .row:hover {{ background: #F3F6F8; }}
.peea-board .row:focus-visible {{ outline: 3px solid #0B3D91; outline-offset: 1px; }}
.peea-board .row.overdue {{ border-left-color: #9B1C1C; background: #FCF1F0; }}
.peea-board .row.due {{ border-left-color: #8A6D00; background: #FFFAEB; }}
.peea-board .row > span {{ overflow-wrap: anywhere; min-width: 0; }}
.peea-board .bed {{ font-size: 1.3rem; font-weight: 700; text-align: center; }}
.peea-board .who b {{ font-size: 1.08rem; }}
.peea-board b {{ font-weight: 600; }}
.peea-board .overdue .task b {{ color: #9B1C1C; }}
.peea-board small {{ display: block; font-size: 0.9rem; color: #35424C; line-height: 1.35; }}
.peea-board small.confirm {{ font-weight: 600; color: #1F5F8B; }}
.peea-board .peea-chip {{ margin-bottom: 0.1rem; }}
.peea-board b.up {{ color: #9B1C1C; }}
@media (max-width: 900px) {{
  .peea-board .head {{ display: none; }}
  .peea-board .row {{ grid-template-columns: 2.6rem 1fr 1.25fr;
    grid-template-areas: "bed who last" "bed task change"; }}
  .peea-board .bed {{ grid-area: bed; }} .peea-board .who {{ grid-area: who; }} .peea-board .last {{ grid-area: last; }}
  .peea-board .task {{ grid-area: task; }} .peea-board .change {{ grid-area: change; }}
}}

/* Lists whose rows are pressed */
.peea-list {{ display: flex; flex-direction: column; gap: 0.3rem; }}
.peea-list .row {{ display: grid; grid-template-columns: 1fr 1.1fr 1.4fr; gap: 0.2rem 1rem; align-items: center;
  text-align: left; width: 100%; min-height: {TOUCH_PX}px; border: 1px solid #C4CDD4; border-radius: 0.5rem;
  background: #FFFFFF; color: #1B2730; padding: 0.4rem 0.8rem; font: inherit; cursor: pointer; }}
.peea-list .row:hover {{ background: #F3F6F8; }}
.peea-list .row:focus-visible {{ outline: 3px solid #0B3D91; outline-offset: 1px; }}
.peea-list .row > span {{ overflow-wrap: anywhere; min-width: 0; white-space: pre-line; }}
.peea-list .row.faded {{ opacity: 0.75; text-decoration: line-through; }}
.peea-list b {{ font-weight: 600; }}
.peea-list small {{ display: block; font-size: 0.9rem; color: #35424C; line-height: 1.35; }}
.peea-table {{ border-collapse: collapse; width: 100%; font-size: 0.98rem; }}
.peea-table th {{ text-align: left; border-bottom: 2px solid #9AA7B1; padding: 0.3rem 0.8rem 0.3rem 0; }}
.peea-table td {{ border-bottom: 1px solid #D5DCE1; padding: 0.35rem 0.8rem 0.35rem 0; overflow-wrap: anywhere;
  vertical-align: top; }}
.stTabs [data-baseweb="tab"], .stTabs [role="tab"] {{ min-height: {TOUCH_PX}px; }}
.stTabs [role="tab"] p {{ font-size: 1.02rem; }}
h1.peea-place {{ font-size: 1.4rem; padding: 0; margin: 0; }}
.st-key-actions_coded button {{ padding-left: 0.1rem; padding-right: 0.1rem; }}
.st-key-vas_scores kbd {{ display: none; }}  /* the key is the number on the button */
.peea-action {{ font-size: 1.05rem; min-height: 3.2rem; }}
.peea-total {{ display: flex; flex-wrap: wrap; align-items: center; gap: 0.3rem 0.8rem; }}
.peea-total .value {{ font-size: 1.5rem; font-weight: 700; }}
.peea-total .quiet {{ color: #4A5863; font-size: 0.95rem; }}
.peea-row {{ font-size: 1rem; overflow-wrap: anywhere; }}
.peea-row .quiet {{ color: #4A5863; font-size: 0.92rem; }}
"""


def apply_style() -> None:
    """Put the stylesheet on the page."""
    st.html(f"<style>{STYLESHEET}</style>")
