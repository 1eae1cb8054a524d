"""Fifteen simulated clinicians who rate the recordings of the demonstration study by VAS.

Their biases and scatters are assumptions, not estimates from people. A rating is

    VAS = round(truth + presence * (habit + shared + own)), kept within 0 and 10,

with `habit` the clinician's bias, `shared` an error that all clinicians make alike about that recording (an ambiguous
face is ambiguous to everybody; normal, `SHARED_SCATTER`), `own` the clinician's own error (normal, `scatter`), and
`presence` = 0.3 at VAS 0, rising to 1 at VAS 3: a calm face is rated with less doubt than a face in pain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from peea.language import later
from peea.synthetic.seeds import generator

ANAESTHETIST: Final = later("anaesthetist")
SURGEON: Final = later("orthopaedic surgeon")
NURSE: Final = later("nurse")

SHARED_SCATTER: Final = 0.8
"""Standard deviation in VAS points of the error about a recording that all clinicians share."""

LEAST_PRESENCE: Final = 0.3
FULL_PRESENCE_FROM: Final = 3.0
"""VAS from which errors have their full size."""


@dataclass(frozen=True)
class SimulatedClinician:
    """How one simulated clinician rates.

    Attributes:
        name, role: as shown; years: of experience.
        bias: VAS points by which pain is over-rated (negative: under-rated).
        scatter: standard deviation in VAS points of the clinician's own error.
    """

    name: str
    role: str
    years: int
    bias: float
    scatter: float


CLINICIANS: Final = (
    SimulatedClinician("Clinician 01", ANAESTHETIST, 12, 0.1, 0.9),
    SimulatedClinician("Clinician 02", ANAESTHETIST, 18, 0.0, 0.8),
    SimulatedClinician("Clinician 03", ANAESTHETIST, 7, 0.3, 1.0),
    SimulatedClinician("Clinician 04", ANAESTHETIST, 9, -0.2, 1.0),
    SimulatedClinician("Clinician 05", SURGEON, 15, -0.5, 1.3),
    SimulatedClinician("Clinician 06", SURGEON, 21, -0.4, 1.2),
    SimulatedClinician("Clinician 07", SURGEON, 8, -0.3, 1.3),
    SimulatedClinician("Clinician 08", SURGEON, 6, -0.6, 1.6),
    SimulatedClinician("Clinician 09", NURSE, 10, 0.2, 0.9),
    SimulatedClinician("Clinician 10", NURSE, 14, 0.3, 0.9),
    SimulatedClinician("Clinician 11", NURSE, 23, 0.1, 0.8),
    SimulatedClinician("Clinician 12", NURSE, 6, 0.5, 1.2),
    SimulatedClinician("Clinician 13", NURSE, 11, 0.4, 1.0),
    SimulatedClinician("Clinician 14", NURSE, 17, 0.0, 0.9),
    SimulatedClinician("Clinician 15", NURSE, 8, 0.6, 1.3),
)


def simulated_vas(truth: np.ndarray, seed: int) -> np.ndarray:
    """Return the VAS of each recording by each clinician.

    Args:
        truth: VAS-equivalent of each recording by its script, 0-10, shape (recordings,).
        seed: of the errors.

    Returns:
        Whole numbers 0-10, shape (recordings, clinicians).
    """
    rng = generator(seed, 3)
    presence = np.clip(LEAST_PRESENCE + (1 - LEAST_PRESENCE) * truth / FULL_PRESENCE_FROM, LEAST_PRESENCE, 1.0)[:, None]
    bias = np.array([each.bias for each in CLINICIANS])
    scatter = np.array([each.scatter for each in CLINICIANS])
    shared = rng.normal(0, SHARED_SCATTER, (len(truth), 1))
    own = rng.normal(0, 1, (len(truth), len(CLINICIANS))) * scatter
    return np.clip(np.floor(truth[:, None] + presence * (bias + shared + own) + 0.5), 0, 10)
