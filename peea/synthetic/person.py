"""A synthetic patient as traits: a seed gives a person, and every trait can be overridden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

import numpy as np

SKIN_TONES: Final[Mapping[int, tuple[float, float, float]]] = {
    1: (0.680, 0.480, 0.395),
    2: (0.640, 0.435, 0.345),
    3: (0.590, 0.385, 0.285),
    4: (0.520, 0.325, 0.220),
    5: (0.430, 0.250, 0.155),
    6: (0.320, 0.175, 0.100),
    7: (0.225, 0.118, 0.066),
    8: (0.150, 0.075, 0.043),
    9: (0.095, 0.047, 0.029),
    10: (0.060, 0.030, 0.020),
}
"""Skin reflectance, linear RGB, for the ten tones of the Monk scale: its lightness, with the red that blood gives."""

TONES_OF_ANCESTRY: Final[Mapping[str, tuple[float, float]]] = {
    "african": (7.9, 1.4),
    "asian": (4.0, 1.1),
    "caucasian": (2.4, 1.0),
}
"""Mean and spread of the skin tone by ancestry; mixed ancestry mixes the means."""

HAIR_STYLES: Final[Mapping[str, Mapping[str, float]]] = {
    "male": {"bald": 0.20, "receding": 0.30, "short": 0.32, "thin": 0.18},
    "female": {"short": 0.16, "thin": 0.12, "bob": 0.24, "long": 0.14, "bun": 0.15, "permed": 0.19},
}
GLASSES: Final = ("none", "round", "square", "rimless")
TEETH: Final = ("full", "worn", "none")

SHAPE_DETAILS: Final[Mapping[str, float]] = {
    "nose/nose-hump": 0.35, "nose/nose-scale-horiz": 0.35, "nose/nose-scale-depth": 0.3, "nose/nose-volume": 0.35,
    "nose/nose-scale-vert": 0.25, "nose/nose-point-width": 0.35, "nose/nose-width2": 0.3, "chin/chin-width": 0.35,
    "chin/chin-height": 0.3, "chin/chin-prominent": 0.3, "chin/chin-bones": 0.3, "mouth/mouth-scale-horiz": 0.3,
    "mouth/mouth-upperlip-height": 0.3, "mouth/mouth-lowerlip-volume": 0.35, "head/head-fat": 0.35,
    "head/head-scale-horiz": 0.3, "head/head-scale-vert": 0.3, "forehead/forehead-temple": 0.35,
    "neck/neck-double": 0.4, "cheek/l-cheek-volume": 0.4, "cheek/l-cheek-bones": 0.4, "cheek/l-cheek-inner": 0.35,
    "eyes/l-eye-bag": 0.35, "eyes/l-eye-height2": 0.25, "eyes/l-eye-scale": 0.25, "ears/l-ear-scale": 0.4,
    "ears/l-ear-lobe": 0.4, "ears/l-ear-wing": 0.3,
}  # fmt: skip
"""Local shape targets that vary between people, with the spread of their weight (a weight below 0 is "-decr")."""

GOWN_COLORS: Final = (
    (0.30, 0.45, 0.55),
    (0.55, 0.62, 0.66),
    (0.42, 0.55, 0.48),
    (0.62, 0.60, 0.56),
    (0.25, 0.33, 0.50),
    (0.55, 0.42, 0.46),
)

HEAD_SHAPES: Final = ("oval", "round", "square", "rectangular", "triangular", "diamond", "invertedtriangular")


@dataclass(frozen=True)
class Person:
    """The traits of one synthetic patient; JSON-able by `to_json` and `from_json`.

    Attributes:
        seed: gives every random detail that has no field of its own (where an age spot sits, each strand of hair).
        sex: "female" or "male"; masculinity: 0-1 weight of the male shape.
        african, asian, caucasian: ancestry weights, sum 1.
        skin_tone: 1-10 on the Monk scale; skin_rgb: its linear reflectance with the person's own undertone.
        weight, muscle: 0-1, 0.5 average.
        shape: (target, weight) pairs of local shape.
        hair_style: a key of `HAIR_STYLES`; hair_rgb, brow_rgb, iris_rgb: linear reflectance.
        hair_part: x of the parting in dm; hair_volume: 0-1.
        brow_density, brow_thickness: about 1; brow_lift: dm above the usual place.
        wrinkles: depth of resting wrinkles, about 1 at 80 years; folds: depth of the nasolabial fold.
        age_spots: how many; redness, stubble: 0-1; lip_rgb: linear factor on skin colour.
        lid_droop: 0-1; resting_asymmetry: signed, right side lower when above 0.
        glasses: one of `GLASSES`; cannula: oxygen tube under the nose; teeth: one of `TEETH`.
    """

    seed: int
    age_years: float
    sex: str
    masculinity: float
    african: float
    asian: float
    caucasian: float
    skin_tone: int
    skin_rgb: tuple[float, float, float]
    weight: float
    muscle: float
    shape: tuple[tuple[str, float], ...]
    hair_style: str
    hair_rgb: tuple[float, float, float]
    hair_part: float
    hair_volume: float
    brow_rgb: tuple[float, float, float]
    brow_density: float
    brow_thickness: float
    brow_lift: float
    iris_rgb: tuple[float, float, float]
    wrinkles: float
    folds: float
    age_spots: int
    redness: float
    stubble: float
    lip_rgb: tuple[float, float, float]
    lid_droop: float
    resting_asymmetry: float
    glasses: str
    cannula: bool
    teeth: str
    gown_rgb: tuple[float, float, float]

    def __post_init__(self) -> None:
        styles = set(HAIR_STYLES["male"]) | set(HAIR_STYLES["female"]) | {"cropped"}
        for name, value, allowed in (
            ("sex", self.sex, ("female", "male")),
            ("glasses", self.glasses, GLASSES),
            ("teeth", self.teeth, TEETH),
            ("hair_style", self.hair_style, sorted(styles)),
            ("skin_tone", self.skin_tone, tuple(SKIN_TONES)),
        ):
            if value not in allowed:
                raise ValueError(f"{name} is {value!r}; allowed are {', '.join(map(str, allowed))}")

    @property
    def ancestry(self) -> dict[str, float]:
        return {"african": self.african, "asian": self.asian, "caucasian": self.caucasian}

    def to_json(self) -> dict[str, Any]:
        """Return the traits as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, traits: Mapping[str, Any]) -> Person:
        """Return the person that `to_json` wrote.

        Raises:
            ValueError: a trait is missing, unknown or outside its allowed values.
        """
        known = {field.name for field in fields(cls)}
        if set(traits) != known:
            raise ValueError(f"traits of a person differ from the known ones in {sorted(known ^ set(traits))}")
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in traits.items()
        }
        values["shape"] = tuple((str(name), float(amount)) for name, amount in traits["shape"])
        return cls(**values)

    @classmethod
    def from_seed(cls, seed: int) -> Person:
        """Return the person of a seed: 65-95 years, about 6 % of them 50-64."""
        random = np.random.default_rng([seed, 8071])
        age = random.uniform(50, 65) if random.random() < 0.06 else random.uniform(65, 95)
        sex = "female" if random.random() < 0.55 else "male"
        ancestry = _ancestry(random)
        tone = _tone(random, ancestry)
        oldness = float(np.clip((age - 50) / 40, 0, 1.1))
        hair_style = _hair_style(random, sex, age, ancestry["african"])
        hair_rgb, brow_rgb = _hair_colors(random, age, ancestry)
        return cls(
            seed=seed,
            age_years=round(float(age), 1),
            sex=sex,
            masculinity=round(float(random.uniform(0.0, 0.12) if sex == "female" else random.uniform(0.8, 1.0)), 3),
            **ancestry,
            skin_tone=tone,
            skin_rgb=_rounded(np.array(SKIN_TONES[tone]) * random.uniform(0.93, 1.07) * random.uniform(0.96, 1.04, 3)),
            weight=round(float(random.uniform(0.15, 0.9)), 3),
            muscle=round(float(random.uniform(0.3, 0.6)), 3),
            shape=_shape(random, sex),
            hair_style=hair_style,
            hair_rgb=hair_rgb,
            hair_part=round(float(random.uniform(-0.3, 0.3)), 3),
            hair_volume=round(float(random.uniform(0, 1)), 3),
            brow_rgb=brow_rgb,
            brow_density=round(float(random.uniform(0.35, 1.0) * (0.75 if sex == "female" else 1.0)), 3),
            brow_thickness=round(float(random.uniform(0.45, 0.8) if sex == "female" else random.uniform(0.7, 1.3)), 3),
            brow_lift=round(float(random.normal(0.02 if sex == "female" else 0.0, 0.012)), 4),
            iris_rgb=_iris(random, ancestry),
            wrinkles=round(float((0.25 + 0.85 * oldness) * random.uniform(0.7, 1.25)), 3),
            folds=round(float((0.3 + 0.6 * oldness) * random.uniform(0.5, 1.3)), 3),
            age_spots=int(max(0, age - 50) * random.uniform(0.2, 1.5)),
            redness=round(float(random.beta(2, 3)), 3),
            stubble=round(float(random.beta(1.2, 2.5)), 3) if sex == "male" else 0.0,
            lip_rgb=_lips(random, sex, tone),
            lid_droop=round(float(np.clip(random.normal(0.25 * oldness, 0.15), 0, 0.6)), 3),
            resting_asymmetry=round(float(np.clip(random.normal(0, 0.35), -1, 1)), 3),
            glasses=str(random.choice(GLASSES[1:])) if random.random() < 0.24 else "none",
            cannula=bool(random.random() < 0.10),
            teeth=str(random.choice(TEETH, p=(0.6, 0.28, 0.12))),
            gown_rgb=_rounded(_gown(random)),
        )


def _rounded(values: np.ndarray) -> tuple[float, float, float]:
    red, green, blue = (round(float(value), 4) for value in values)
    return red, green, blue


def _ancestry(random: np.random.Generator) -> dict[str, float]:
    african, asian = (round(float(value), 3) for value in random.dirichlet((0.32, 0.36, 0.38))[:2])
    return {"african": african, "asian": asian, "caucasian": max(0.0, round(1 - african - asian, 3))}


def _tone(random: np.random.Generator, ancestry: Mapping[str, float]) -> int:
    mean = sum(share * TONES_OF_ANCESTRY[name][0] for name, share in ancestry.items())
    spread = sum(share * TONES_OF_ANCESTRY[name][1] for name, share in ancestry.items())
    return int(np.clip(round(random.normal(mean, spread)), 1, 10))


def _hair_style(random: np.random.Generator, sex: str, age: float, african: float) -> str:
    styles = HAIR_STYLES[sex]
    style = str(random.choice(list(styles), p=np.array(list(styles.values())) / sum(styles.values())))
    if african > 0.55 and style in ("short", "thin", "bob", "long") and random.random() < 0.75:
        return "cropped"
    return style


def _hair_colors(
    random: np.random.Generator, age: float, ancestry: Mapping[str, float]
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    dark = np.array((0.025, 0.018, 0.014)) * random.uniform(0.6, 1.4)
    fair = np.array(((0.06, 0.035, 0.02), (0.16, 0.10, 0.055), (0.12, 0.05, 0.025))[random.integers(3)])
    natural = fair if random.random() < 0.7 * ancestry["caucasian"] else dark
    white = np.array((0.60, 0.585, 0.56)) * random.uniform(0.7, 1.1)
    graying = np.clip((age - 48) / 38 + random.normal(0, 0.2), 0, 1)
    if random.random() < 0.08:
        graying = 0.1
    brow_graying = np.clip(graying - random.uniform(0.3, 0.8), 0, 0.6)
    hair = natural * (1 - graying) + white * graying
    brow = natural * (1 - brow_graying) + white * np.array((0.66, 0.62, 0.57)) * brow_graying
    return _rounded(hair), _rounded(brow)


def _iris(random: np.random.Generator, ancestry: Mapping[str, float]) -> tuple[float, float, float]:
    brown = np.array((0.055, 0.026, 0.012)) * random.uniform(0.5, 1.6)
    blue, gray, green, hazel = (0.10, 0.17, 0.25), (0.13, 0.17, 0.18), (0.12, 0.13, 0.06), (0.14, 0.085, 0.035)
    light = np.array((blue, gray, green, hazel)[random.integers(4)])
    return _rounded(light * random.uniform(0.75, 1.2) if random.random() < ancestry["caucasian"] ** 1.5 else brown)


def _lips(random: np.random.Generator, sex: str, tone: int) -> tuple[float, float, float]:
    pink = np.array((0.86, 0.56, 0.58)) if tone <= 6 else np.array((0.86, 0.66, 0.70))
    if sex == "male":
        pink = 0.5 + 0.5 * pink
    elif random.random() < 0.25:
        pink = pink * (0.95, 0.7, 0.75)
    return _rounded(pink * random.uniform(0.93, 1.06, 3))


def _gown(random: np.random.Generator) -> np.ndarray:
    return np.array(GOWN_COLORS[random.integers(len(GOWN_COLORS))]) * random.uniform(0.75, 1.15)


def _shape(random: np.random.Generator, sex: str) -> tuple[tuple[str, float], ...]:
    weights: dict[str, float] = {f"head/head-{random.choice(HEAD_SHAPES)}": float(random.uniform(0.1, 0.7))}
    if sex == "female":
        weights["head/head-oval"] = weights.get("head/head-oval", 0.0) + 0.3
    for name, spread in SHAPE_DETAILS.items():
        amount = float(np.clip(random.normal(0, spread), -0.8, 0.8))
        if sex == "female" and name in ("chin/chin-width", "chin/chin-bones", "nose/nose-volume"):
            amount -= 0.3
        suffix = "incr" if amount > 0 else "decr"
        sides = (name, name.replace("/l-", "/r-")) if "/l-" in name else (name,)
        for side in sides:
            own = abs(amount) * (1 + (float(random.normal(0, 0.12)) if len(sides) == 2 else 0.0))
            weights[f"{side}-{suffix}"] = own
    return tuple((name, round(amount, 3)) for name, amount in sorted(weights.items()))
