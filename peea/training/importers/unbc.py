"""The layout of the UNBC-McMaster shoulder pain expression archive (Lucey et al., FG 2011).

::

    Images/042-ll042/ll042t1aaaff/ll042t1aaaff001.png
    Frame_Labels/PSPI/042-ll042/ll042t1aaaff/ll042t1aaaff001_facs.txt     one number, the PSPI 0-16
    Frame_Labels/FACS/042-ll042/ll042t1aaaff/ll042t1aaaff001_facs.txt     a line an action: AU, intensity, two more

A FACS file holds a line for each action that is there, numbers in scientific notation; one without lines is a face
without any. Eyes closed (AU43) have no intensity: any line is 1. The archive itself is given on request only: this
follows its publication and the layout that public readers of it expect, and was not tried on the archive. What does not
fit is listed, never guessed; look at that list before training.

The grade follows from the PSPI by `peea.scales`. Actions of frames without a FACS file stay unknown.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from peea.scales import PSPI_ACTIONS
from peea.training.importers.rated_images import (
    PICTURES,
    Found,
    ImportRefusedError,
    LeftOut,
    RatedImage,
    checked_actions,
    grade_of_pspi_total,
    pspi_of_all,
)

LABEL_END: Final = "_facs.txt"
HIGHEST_PSPI: Final = 16


def read_unbc(folder: Path) -> Found:
    """Return the frames of a folder in the layout of the archive.

    Args:
        folder: with Images and Frame_Labels in it; a folder of the same name between them and their content is
            passed through, as archives unpacked into a folder of their own name have it.

    Raises:
        ImportRefusedError: Images or Frame_Labels/PSPI are not there, or no frame has a label.
    """
    images_folder = _through(folder / "Images")
    labels = _through(folder / "Frame_Labels")
    for needed in (images_folder, labels / "PSPI"):
        if not needed.is_dir():
            raise ImportRefusedError(
                f"{folder} is not in the layout of the UNBC-McMaster archive: {needed.relative_to(folder)} is not "
                "there."
            )
    images: list[RatedImage] = []
    problems: list[LeftOut] = []
    for file in sorted(each for each in images_folder.rglob("*") if each.is_file()):
        steps = file.relative_to(images_folder).parts
        if file.suffix.lower() not in PICTURES:
            problems.append(LeftOut(file, "It is no picture."))
        elif len(steps) != 3:
            problems.append(LeftOut(file, "It does not lie in Images/PATIENT/SEQUENCE."))
        else:
            label = Path(*steps[:2]) / f"{file.stem}{LABEL_END}"
            _read(file, steps[0], labels / "PSPI" / label, labels / "FACS" / label, images, problems)
    if not images:
        raise ImportRefusedError(f"{folder} has no frame with a PSPI label.")
    return Found(tuple(images), tuple(problems))


def _through(folder: Path) -> Path:
    return folder / folder.name if (folder / folder.name).is_dir() else folder


def _read(
    file: Path, patient: str, pspi_file: Path, facs_file: Path, images: list[RatedImage], problems: list[LeftOut]
) -> None:
    if not pspi_file.is_file():
        problems.append(LeftOut(file, f"It has no PSPI label ({pspi_file.name})."))
        return
    text = pspi_file.read_text(encoding="utf-8", errors="replace").strip()
    try:
        total = float(text)
    except ValueError:
        total = -1.0
    if not 0 <= total <= HIGHEST_PSPI:
        problems.append(LeftOut(file, f"Its PSPI label is {text[:20]!r}; allowed is 0 to 16."))
        return
    actions, doubt = _actions(facs_file)
    counted = pspi_of_all(actions)
    if counted is not None and counted != total:
        doubt = f"The PSPI is {total:g}, its actions make {counted:g}."
    if doubt:
        problems.append(LeftOut(file, doubt, kept=True))
    images.append(RatedImage(file, patient, grade_of_pspi_total(total), actions, total))


def _actions(file: Path) -> tuple[dict[str, float], str]:
    """Return the actions of a frame, 0 where a file has no line of them; none, with the reason, if it is unreadable."""
    if not file.is_file():
        return {}, ""
    actions = dict.fromkeys(PSPI_ACTIONS, 0.0)
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        numbers = line.split()
        if not numbers:
            continue
        try:
            name, intensity = f"AU{float(numbers[0]):.0f}", float(numbers[1])
        except (ValueError, IndexError):
            return {}, f"Its actions cannot be read and stay unknown: {line.strip()[:40]}"
        if name in actions:
            actions[name] = 1.0 if name == "AU43" else intensity
    wrong = checked_actions(actions)
    return ({}, f"Its actions stay unknown: {wrong}") if wrong else (actions, "")
