"""How often a second, brightened look rescues a dim recording, and what it costs in accuracy.

Recordings made in good light are darkened frame by frame as a cheap camera would have taken them with the lamp off:
less light, exposure at its limit, and with it the noise of the sensor, then H.264 again. So each dim recording has its
twin in good light, and any folder of recordings will do: the demonstration set, or a site's own. Every copy goes down
the whole road of `peea.assessment`, once with the second look and once without.

    python -m peea.training.dim_rescue data/demo --model MODEL --output dim_rescue.json

"Rescued" is a dim recording that can be assessed with the second look and could not be without. The cost is measured on
the frames that were graded both in good light and in the dim copy. Truth is read from the CSV file beside a recording,
where there is one (columns time_s and grade, as `peea.synthetic` writes them).
"""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Final

import av
import numpy as np
import typer

from peea.assessment import Assessment, assess
from peea.assessment.road import GradesFaces
from peea.face_grade import FaceGrade, ModelIdentity
from peea.faces.patient_face import FaceFinder
from peea.faces.quality import luma
from peea.frames import Frame, open_recording, recordings_in
from peea.graders import load_grader
from peea.scales import GRADES, Grade, pspi
from peea.settings import Settings
from peea.synthetic.camera import Camera, take_picture
from peea.synthetic.seeds import generator

DIM_CAMERA: Final = Camera(largest_gain=2.5, full_well=2000.0, read_noise=0.0015).for_video()
"""The middle of the cameras that `peea.synthetic.camera` draws."""

DEFAULT_LUMAS: Final = (35.0, 25.0, 18.0, 13.0, 9.0)
"""Mean luma of the face from dusk to night."""

_FAINTEST_POWER: Final = -5.0
_BISECTIONS: Final = 14
"""Light is found to a factor of 1.0007."""


@dataclass(frozen=True)
class DimRecording:
    """One recording at one level of light.

    Attributes:
        recording: name of the file.
        face_luma: mean luma of the face in the first frame that shows it, wanted or, in good light, found.
        dim: whether this is a darkened copy.
        coverage_without, coverage_with: share of usable frames, 0-1, without and with the second look.
        grade_without, grade_with: reported grade, None if not assessable.
    """

    recording: str
    face_luma: float
    dim: bool
    coverage_without: float
    coverage_with: float
    grade_without: int | None
    grade_with: int | None


@dataclass(frozen=True)
class DimCost:
    """What one level of light does to all recordings.

    Attributes:
        face_luma: mean luma of the face.
        recordings: how many; assessable_without, assessable_with: of those, how many without and with the second look.
        same_report: of those assessable with it, how many have the report grade of their twin in good light.
        frames: graded in both lights.
        same_grade, within_one: share of those with the same grade in both lights, or one beside it.
        pspi_difference: mean absolute difference of the estimated PSPI, None for a grader without actions.
        frames_with_truth: of those, frames with a true grade; right_in_good_light, right_in_dim_light: share with it.
    """

    face_luma: float
    recordings: int
    assessable_without: int
    assessable_with: int
    same_report: int | None
    frames: int
    same_grade: float | None
    within_one: float | None
    pspi_difference: float | None
    frames_with_truth: int
    right_in_good_light: float | None
    right_in_dim_light: float | None


@dataclass(frozen=True, eq=False)
class Measured:
    """A recording at one level of light, its assessment with the second look, and the true grades by time."""

    summary: DimRecording
    assessment: Assessment
    truth: dict[float, int]


class CoverageOnly:
    """Stands in for a grader where only the share of usable frames is asked for: calls every face calm."""

    identity = ModelIdentity("coverage only", "1", "0" * 64, "nothing", False)

    def grade(self, crops: Sequence[np.ndarray] | np.ndarray) -> list[FaceGrade]:
        """Return grade 0 for every crop."""
        calm = tuple(float(grade is Grade.NO_PAIN) for grade in GRADES)
        return [FaceGrade(calm, None) for _ in range(len(crops))]


def to_light(image: np.ndarray) -> np.ndarray:
    """Return the linear light, 0-1, of an sRGB picture (IEC 61966-2-1)."""
    coded = image.astype(np.float32) / 255
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4).astype(np.float32)


def darkened(frame: Frame, number: int, light: float, camera: Camera = DIM_CAMERA) -> np.ndarray:
    """Return what the camera takes of a frame with this share of its light, exposure at the limit."""
    # The picture is already exposed: what the gain adds is taken away from the light, so that only noise comes of it.
    return take_picture(
        to_light(frame.image) * (light / camera.largest_gain), camera, generator(number), camera.largest_gain
    )


def light_for(wanted: float, frame: Frame, face: np.ndarray, camera: Camera = DIM_CAMERA) -> float:
    """Return the share of light at which the face, a box x0, y0, x1, y1 in pixels, has this mean luma; at most 1."""
    x0, y0, x1, y1 = (max(0, round(float(edge))) for edge in face)
    part = Frame(frame.time_s, np.ascontiguousarray(frame.image[y0:y1, x0:x1]))
    faintest, brightest = _FAINTEST_POWER, 0.0
    for _ in range(_BISECTIONS):
        middle = (faintest + brightest) / 2
        if luma(darkened(part, 0, 10**middle, camera)).mean() < wanted:
            faintest = middle
        else:
            brightest = middle
    return float(10**brightest)


def write_darkened(file: Path, wanted: Sequence[float], rate_hz: float, folder: Path) -> tuple[list[Path], float]:
    """Write thinned copies of a recording: as it is, and darkened to each wanted luma of the face.

    Args:
        file: of the recording in good light.
        wanted: mean lumas of the face.
        rate_hz: frames a second that are kept.
        folder: for the copies.

    Returns:
        The copies, that in good light first, and the luma of the face in good light; no copies if it shows no face.
    """
    finder = FaceFinder()
    waiting: list[Frame] = []
    lights: list[float] | None = None
    copies: list[_Copy] = []
    brightness = 0.0
    due_s = 0.0
    with open_recording(file) as recording:
        for frame in recording:
            if frame.time_s < due_s - 1e-6:
                continue
            due_s += 1 / rate_hz
            waiting.append(frame)
            if lights is None:
                sighting = finder.find(frame)
                if sighting.face is None:
                    continue
                brightness = sighting.brightness
                lights = [light_for(each, frame, sighting.face.detection.box) for each in wanted]
                names = ["good", *(f"dim{number}" for number in range(len(wanted)))]
                copies = [
                    _Copy(folder / f"{file.stem}_{name}.mp4", recording.width, recording.height) for name in names
                ]
            for each in waiting:
                copies[0].add(each.time_s, each.image)
                for copy, light in zip(copies[1:], lights, strict=True):
                    copy.add(each.time_s, darkened(each, round(1000 * each.time_s), light))
            waiting = []
    for copy in copies:
        copy.close()
    return [copy.file for copy in copies], brightness


class _Copy:
    """An H.264 file that grows frame by frame."""

    def __init__(self, file: Path, width: int, height: int) -> None:
        self.file = file
        self._container = av.open(str(file), "w")
        self._stream = self._container.add_stream("libx264", rate=25)
        self._stream.width, self._stream.height, self._stream.pix_fmt = (
            width - width % 2,
            height - height % 2,
            "yuv420p",
        )
        self._stream.codec_context.time_base = Fraction(1, 1000)
        self._stream.options = {"crf": "22", "preset": "faster", "x264-params": "log=0"}

    def add(self, time_s: float, image: np.ndarray) -> None:
        frame = av.VideoFrame.from_ndarray(image, format="rgb24")
        frame.pts, frame.time_base = round(1000 * time_s), Fraction(1, 1000)
        self._container.mux(self._stream.encode(frame))

    def close(self) -> None:
        self._container.mux(self._stream.encode(None))
        self._container.close()


def measure(
    grader: GradesFaces, files: Sequence[Path], wanted: Sequence[float], rate_hz: float
) -> Iterator[list[Measured]]:
    """Yield each recording in good light and at every level of light; nothing for one that shows no face."""
    settings = Settings()
    for file in files:
        truth = true_grades(file.with_suffix(".csv"))
        with tempfile.TemporaryDirectory() as folder:
            copies, brightness = write_darkened(file, wanted, rate_hz, Path(folder))
            levels = []
            for number, copy in enumerate(copies):
                without = assess(copy, grader, lambda: FaceFinder(settings.faces, second_look=False), settings)
                with_look = assess(copy, grader, lambda: FaceFinder(settings.faces), settings)
                summary = DimRecording(
                    recording=file.name,
                    face_luma=wanted[number - 1] if number else round(brightness, 1),
                    dim=number > 0,
                    coverage_without=round(without.timeline.coverage, 3),
                    coverage_with=round(with_look.timeline.coverage, 3),
                    grade_without=_number(without.report_grade),
                    grade_with=_number(with_look.report_grade),
                )
                levels.append(Measured(summary, with_look, truth))
        if levels:
            yield levels


def true_grades(file: Path) -> dict[float, int]:
    """Return time in seconds -> true grade from the CSV file beside a recording; empty if there is none."""
    if not file.is_file():
        return {}
    with file.open(newline="", encoding="utf-8") as rows:
        return {round(float(row["time_s"]), 3): int(row["grade"]) for row in csv.DictReader(rows) if row["grade"]}


def cost_of(level: int, measured: Sequence[Sequence[Measured]], graded: bool = True) -> DimCost:
    """Sum up one level of light against good light.

    Args:
        level: 1 for the brightest of the dim levels, and so on.
        measured: the lists that `measure` yielded.
        graded: whether grades mean anything (they do not with `CoverageOnly`).
    """
    good = [levels[0] for levels in measured]
    dim = [levels[level] for levels in measured]
    grades, differences, right = [], [], []
    for bright, dark in zip(good, dim, strict=True):
        twins = {round(frame.time_s, 3): frame for frame in bright.assessment.frames}
        for frame in dark.assessment.frames:
            twin = twins.get(round(frame.time_s, 3))
            if twin is None or twin.probabilities is None or frame.probabilities is None:
                continue
            pair = (int(np.argmax(twin.probabilities)), int(np.argmax(frame.probabilities)))
            grades.append(pair)
            if twin.actions is not None and frame.actions is not None:
                differences.append(abs(pspi(twin.actions) - pspi(frame.actions)))
            true = _nearest(bright.truth, frame.time_s)
            if true is not None:
                right.append((pair[0] == true, pair[1] == true))
    steps = np.abs(np.diff(np.array(grades).reshape(-1, 2), axis=1)) if graded else np.empty((0, 1))
    in_good, in_dim = np.array(right).reshape(-1, 2).T if graded else np.empty((2, 0))
    both = [(a.summary, b.summary) for a, b in zip(good, dim, strict=True) if b.summary.grade_with is not None]
    return DimCost(
        face_luma=dim[0].summary.face_luma,
        recordings=len(dim),
        assessable_without=sum(each.summary.grade_without is not None for each in dim),
        assessable_with=len(both),
        same_report=sum(a.grade_with == b.grade_with for a, b in both) if graded else None,
        frames=len(grades),
        same_grade=_mean(steps == 0),
        within_one=_mean(steps <= 1),
        pspi_difference=_mean(np.array(differences)) if graded else None,
        frames_with_truth=len(right),
        right_in_good_light=_mean(in_good),
        right_in_dim_light=_mean(in_dim),
    )


def _nearest(truth: dict[float, int], time_s: float) -> int | None:
    """Return the true grade within a tenth of a second, if there is one."""
    nearest = min(truth, key=lambda at: abs(at - time_s), default=None)
    return truth[nearest] if nearest is not None and abs(nearest - time_s) <= 0.1 else None


def _mean(values: np.ndarray) -> float | None:
    return round(float(np.mean(values)), 3) if len(values) else None


def _number(grade: Grade | None) -> int | None:
    return None if grade is None else int(grade)


def main(
    folder: Annotated[Path, typer.Argument(help="Recordings made in good light.")],
    model: Annotated[str | None, typer.Option(help="Model that grades; without one only coverage is measured.")] = None,
    luma: Annotated[list[float] | None, typer.Option(help="Mean luma of the face, 0-255; repeat for several.")] = None,
    rate: Annotated[float, typer.Option(help="Frames a second that are looked at.", min=2, max=30)] = 5,
    only: Annotated[list[str] | None, typer.Option(help="Name of a recording; repeat for several.")] = None,
    output: Annotated[Path | None, typer.Option(help="JSON file for the figures.")] = None,
) -> None:
    """Measure how often the second look rescues a dim recording, and what it costs in accuracy."""
    lumas = sorted(luma or DEFAULT_LUMAS, reverse=True)
    files = [file for file in recordings_in(folder) if not only or file.name in only or file.stem in only]
    grader: GradesFaces = CoverageOnly() if model is None else load_grader(model)
    measured = []
    for levels in measure(grader, files, lumas, rate):
        measured.append(levels)
        for each in levels:
            seen = each.summary
            typer.echo(
                f"{seen.recording}, {'dim' if seen.dim else 'good light'}, face luma {seen.face_luma:g}: coverage "
                f"{seen.coverage_without:.0%} without, {seen.coverage_with:.0%} with the second look"
            )
    if not measured:
        raise typer.BadParameter(f"no recording in {folder} shows a face")
    costs = [cost_of(level, measured, graded=model is not None) for level in range(1, len(lumas) + 1)]
    for cost in costs:
        typer.echo(json.dumps(asdict(cost)))
    if output is not None:
        report = {
            "model": asdict(grader.identity),
            "camera": asdict(DIM_CAMERA),
            "recordings": [asdict(each.summary) for levels in measured for each in levels],
            "levels": [asdict(cost) for cost in costs],
        }
        output.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
