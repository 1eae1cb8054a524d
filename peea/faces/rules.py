"""Every threshold of finding, following, normalising and judging a face: named, with a unit and a reason.

Sizes are relative (to the frame, to the face), so that they hold for every camera. How the values were found is told in
the modules that use them. `metadata` holds what a settings file needs: unit and allowed range.
"""

from __future__ import annotations

from dataclasses import dataclass, field


def _setting(default: float, unit: str, least: float, most: float) -> float:
    value: float = field(default=default, metadata={"unit": unit, "least": least, "most": most})
    return value


@dataclass(frozen=True)
class DetectionRules:
    """How MTCNN searches a frame.

    Attributes:
        search_side_px: longer side of the copy that is searched; larger frames are shrunk to it. Landmarks come from
            48-pixel patches anyway, so that a larger copy costs time and finds only faces too small to grade.
        smallest_face: height of the smallest face searched for, as a share of the frame's shorter side. At 1.5 m a
            bedside camera sees a face at about 0.2.
        pyramid_factor: step between the sizes of the image pyramid; its usual 0.709 halves the area, smaller is faster.
        proposal_confidence: of P-Net, to go on to R-Net. The usual 0.6, 0.7 and 0.7 of the cascade lose faces that are
            tilted, distorted by pain or unevenly lit; all that passes here is looked at again upright.
        refinement_confidence: of R-Net, to go on to O-Net.
        candidate_confidence: of O-Net in the cascade, to be looked at upright.
        face_confidence: of O-Net, in the cascade or upright, to be a face; less is a pillow, a curtain, a hand.
        landmark_patches: patches over which landmarks are averaged, each with its mirror image; more are slower.
    """

    search_side_px: int = field(default=640, metadata={"unit": "px", "least": 160, "most": 4096})
    smallest_face: float = _setting(0.1, "share of the frame's shorter side, 0-1", 0.03, 0.5)
    pyramid_factor: float = _setting(0.709, "ratio", 0.5, 0.85)
    proposal_confidence: float = _setting(0.5, "probability, 0-1", 0.3, 0.95)
    refinement_confidence: float = _setting(0.5, "probability, 0-1", 0.3, 0.95)
    candidate_confidence: float = _setting(0.6, "probability, 0-1", 0.3, 0.95)
    face_confidence: float = _setting(0.85, "probability, 0-1", 0.3, 0.999)
    landmark_patches: int = field(default=2, metadata={"unit": "patches", "least": 1, "most": 4})


@dataclass(frozen=True)
class TrackingRules:
    """Which face is the patient's, from frame to frame. No face is recognised: place, size and time decide.

    Attributes:
        middle_weight: how much being away from the middle costs when the patient is chosen: a face in the corner counts
            as (1 - middle_weight) of its size.
        idle_search_s: while nobody is there, the frame is searched no more often than this.
        full_search_s: at least this often the whole frame is searched, which counts other faces and ends any drift.
        unconfirmed_s: a face that the full search does not find is followed no longer than this.
        followed_confidence: O-Net's probability above which the widened last box still holds the face.
        widening: side of that box as a multiple of the face's square.
        shift: the patient's face moves at most this many face widths between two sightings ...
        shift_a_second: ... plus this many a second that lie between them ...
        longest_shift: ... but never more than this many.
        close: while another face is within this many face widths, every frame is searched: one could be taken for the
            other by following alone.
        size_ratio: and grows or shrinks by at most this factor.
        misfit_a_second: a second since a face was last seen counts like this many widths of moving, where two known
            people could be meant.
        absence_s: after at most this long without the patient, whoever is largest near the middle is the patient. It is
            less for a face that was followed for a shorter time than that (the nurse who starts the camera and leaves),
        least_absence_s: but not under this.
        visitor_s: another face is remembered this long after it was last seen.
    """

    middle_weight: float = _setting(0.7, "share, 0-1", 0.0, 1.0)
    idle_search_s: float = _setting(0.12, "s", 0.0, 1.0)
    full_search_s: float = _setting(0.5, "s", 0.0, 5.0)
    unconfirmed_s: float = _setting(1.0, "s", 0.0, 10.0)
    followed_confidence: float = _setting(0.8, "probability, 0-1", 0.3, 0.999)
    widening: float = _setting(1.1, "ratio", 1.0, 1.6)
    shift: float = _setting(0.6, "face widths", 0.1, 2.0)
    shift_a_second: float = _setting(1.0, "face widths a second", 0.0, 5.0)
    longest_shift: float = _setting(1.5, "face widths", 0.1, 10.0)
    close: float = _setting(1.3, "face widths", 0.0, 10.0)
    size_ratio: float = _setting(1.6, "ratio", 1.05, 4.0)
    misfit_a_second: float = _setting(0.5, "face widths a second", 0.0, 10.0)
    absence_s: float = _setting(10.0, "s", 0.0, 600.0)
    least_absence_s: float = _setting(1.0, "s", 0.0, 60.0)
    visitor_s: float = _setting(2.0, "s", 0.0, 60.0)


@dataclass(frozen=True)
class NormalisationRules:
    """How the face is cut out.

    Attributes:
        crop_px: side of the crop; at least what the largest network looks at.
        margin: what stands around the face's square (from the middle of the forehead to the chin) on every side, as a
            share of that square's side.
    """

    crop_px: int = field(default=256, metadata={"unit": "px", "least": 64, "most": 1024})
    margin: float = _setting(0.15, "share of the face's square", 0.0, 1.0)


@dataclass(frozen=True)
class QualityRules:
    """When a face that was found cannot be graded.

    Attributes:
        darkest: mean luma of the face as recorded under which it is too dark: fewer than ten grey levels are left.
        brightest: mean luma of the face above which it is too bright.
        burnt_out: share of the face that is burnt out to white above which it is too bright.
        least_sharpness: see `peea.faces.quality.sharpness`. Sharp stills have 0.4 to 0.7; blurred by 5 % of the
            distance between the eyes, where wrinkles begin to vanish, 0.27; by 7 %, where they are gone, 0.20.
        smallest_px: distance between the eyes in pixels of the frame under which the face is too small: wrinkles of the
            brow are then under a pixel wide.
        widest_yaw_deg: estimated turn of the head above which half the face is hidden.
        most_covered: see `peea.faces.covering`; high, since refusing a face in pain is worse than grading one behind a
            finger.
        plainly_free: see `peea.faces.covering`; a face followed from the last frame that was this free or freer is
            asked whether something covers it only every ...
        cover_check_s: ... so many seconds, which halves the time of following it; a hand is noticed that much later.
        most_cut_off: share of the face's square outside the frame above which it is cut off.
    """

    darkest: float = _setting(10.0, "luma, 0-255", 0.0, 128.0)
    brightest: float = _setting(225.0, "luma, 0-255", 128.0, 255.0)
    burnt_out: float = _setting(0.35, "share of the face, 0-1", 0.0, 1.0)
    least_sharpness: float = _setting(0.24, "0-1", 0.0, 1.0)
    smallest_px: float = _setting(20.0, "px", 8.0, 200.0)
    widest_yaw_deg: float = _setting(45.0, "degrees", 10.0, 90.0)
    most_covered: float = _setting(0.955, "0-1", 0.0, 1.0)
    plainly_free: float = _setting(0.5, "0-1", 0.0, 1.0)
    cover_check_s: float = _setting(0.2, "s", 0.0, 2.0)
    most_cut_off: float = _setting(0.12, "share of the face's square, 0-1", 0.0, 1.0)


@dataclass(frozen=True)
class DimRules:
    """The second look at a frame without a face: brightened if it is dark, with its light evened otherwise.

    The paper lost 28 of 300 recordings to dim light. Of 500 synthetic stills in ward light from night lamp to window,
    490 showed their face at first sight, most of the others were dark-skinned or in shadow; evened, 8 of those 10 did.

    Attributes:
        dim_below: mean luma of the frame under which it counts as dark.
        dim_face_below: mean luma of the face under which, in a dark frame, it is brightened for grading. Both must
            hold: dark skin in good light stays as it is.
        black_face_below: mean luma of the face under which it is brightened in any frame.
        brightened_to: mean luma that brightening aims at.
        highest_gain: most by which values are multiplied; beyond it there is more noise than face.
        least_gain: least gain that is worth a second look.
        search_smoothing: standard deviation of the Gaussian against noise in the copy that is searched, as a share of
            its longer side. 2 px of 640 found the face in 23 of 24 frames of a dim recording (face luma 16), 1 px in
            20, none in 10; the frames as recorded showed it in 1.
        crop_smoothing: the same for the crop that is graded, as a share of its side; wrinkles must survive it.
        evened_contrast: limit of contrast where light is evened (CLAHE's clip limit).
        evened_tiles: tiles a side over which light is evened: about the size of a face.
    """

    dim_below: float = _setting(50.0, "luma, 0-255", 0.0, 128.0)
    dim_face_below: float = _setting(45.0, "luma, 0-255", 0.0, 128.0)
    black_face_below: float = _setting(25.0, "luma, 0-255", 0.0, 128.0)
    brightened_to: float = _setting(90.0, "luma, 0-255", 30.0, 160.0)
    highest_gain: float = _setting(6.0, "factor", 1.0, 16.0)
    least_gain: float = _setting(1.3, "factor", 1.0, 4.0)
    search_smoothing: float = _setting(0.003, "share of the longer side", 0.0, 0.02)
    crop_smoothing: float = _setting(0.004, "share of the crop's side", 0.0, 0.02)
    evened_contrast: float = _setting(3.0, "ratio", 1.0, 10.0)
    evened_tiles: int = field(default=4, metadata={"unit": "tiles a side", "least": 1, "most": 32})


@dataclass(frozen=True)
class FaceRules:
    """All thresholds of `peea.faces`."""

    detection: DetectionRules = field(default_factory=DetectionRules)
    tracking: TrackingRules = field(default_factory=TrackingRules)
    normalisation: NormalisationRules = field(default_factory=NormalisationRules)
    quality: QualityRules = field(default_factory=QualityRules)
    dim: DimRules = field(default_factory=DimRules)
