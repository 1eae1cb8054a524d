"""A hospital's own rated images as a data set that `peea train` takes: three layouts, one form.

``found = read_folders(folder)`` (or `read_table`, `read_unbc`) lists every picture with what is known of it and every
file that cannot be used with the reason; ``write_data_set(found, out, ...)`` checks the pictures, deals patients to
training, validation and test, and writes manifest.csv, the pictures, and problems.csv with all that was left out or is
doubtful. Key frames rated in the app need none of this: `peea ratings export` writes them in the same form.
"""

from peea.training.importers.folders import read_folders
from peea.training.importers.rated_images import (
    Found,
    ImportRefusedError,
    LeftOut,
    RatedImage,
    refuse_overlap,
)
from peea.training.importers.tables import read_table
from peea.training.importers.unbc import read_unbc
from peea.training.importers.writing import ImportedDataSet, write_data_set

__all__ = [
    "Found",
    "ImportRefusedError",
    "ImportedDataSet",
    "LeftOut",
    "RatedImage",
    "read_folders",
    "read_table",
    "read_unbc",
    "refuse_overlap",
    "write_data_set",
]
