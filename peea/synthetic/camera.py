"""The camera of a cheap tablet or webcam: from linear light to 8-bit sRGB, with everything that is lost on the way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

LUMA: Final = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Weights of linear RGB in luminance (ITU-R BT.709)."""

SHOULDER_FROM: Final = 0.72
"""Linear value from which highlights are compressed, as a camera's tone curve does."""


FACE_LUMINANCE: Final = 0.17
"""Mean linear luminance that a camera that finds faces wants them to have."""

BRIGHTEST: Final = 2.0
"""Linear exposure that is white whatever the tone curve does."""


@dataclass(frozen=True)
class Camera:
    """What one camera does to a picture.

    Attributes:
        metered_mean: mean linear luminance that automatic exposure aims at (0.18 is mid grey).
        largest_gain: gain at which automatic exposure gives up; dim rooms stay dark beyond it.
        exposure_bias: factor on the exposure found (a finger's breadth off, as metering is).
        white_balance: factors on red, green and blue.
        full_well: photo-electrons at linear 1 and gain 1; fewer mean more shot noise.
        read_noise: standard deviation of the sensor's own noise, in linear units at gain 1.
        softness_px: Gaussian blur of the lens, as pixels at a picture height of 256.
        motion_px: length of the motion blur, as pixels at a picture height of 256; 0 is none.
        motion_deg: direction of the motion blur.
        finds_faces: exposes halfway for the face, as tablets do, and not for the whole picture alone.
        jpeg_quality: of the camera's own compression; None leaves it out (video is compressed by its codec).
    """

    metered_mean: float = 0.25
    largest_gain: float = 2.5
    exposure_bias: float = 1.0
    white_balance: tuple[float, float, float] = (1.0, 1.0, 1.0)
    full_well: float = 2500.0
    read_noise: float = 0.0010
    softness_px: float = 0.5
    motion_px: float = 0.0
    motion_deg: float = 0.0
    finds_faces: bool = False
    jpeg_quality: int | None = 80

    def for_video(self) -> Camera:
        """Return the same camera filming: without a still's compression and motion blur, with less noise."""
        # Cameras average noise over frames when they film; what remains would otherwise fill the file.
        # A large picture of a small face would suffer from a soft lens twice.
        return replace(
            self,
            jpeg_quality=None,
            motion_px=0.0,
            softness_px=0.5 * self.softness_px,
            full_well=10 * self.full_well,
            read_noise=0.3 * self.read_noise,
        )


def draw_camera(rng: np.random.Generator) -> Camera:
    """Draw a camera as wards have them: mostly decent, some poor, a third of pictures with a little motion blur."""
    warmth, green = rng.normal(0, 0.045), rng.normal(0, 0.015)
    return Camera(
        metered_mean=rng.uniform(0.18, 0.32),
        largest_gain=rng.uniform(1.8, 3.2),
        exposure_bias=2 ** rng.normal(0, 0.22),
        white_balance=(1 + warmth, 1 + green, 1 - warmth),
        full_well=np.exp(rng.uniform(np.log(1200), np.log(8000))),
        read_noise=rng.uniform(0.0004, 0.0018),
        softness_px=rng.uniform(0.25, 0.85),
        motion_px=rng.uniform(0.8, 3.2) if rng.random() < 0.33 else 0.0,
        motion_deg=rng.uniform(0, 180),
        finds_faces=bool(rng.random() < 0.6),
        jpeg_quality=int(rng.integers(52, 92)),
    )


def automatic_gain(linear: np.ndarray, camera: Camera, face: np.ndarray | None = None) -> float:
    """Return the gain of automatic exposure, limited to the camera's largest.

    A centre-weighted meter; a camera that finds faces takes the mean, in stops, of what the meter and the face ask for.

    Args:
        linear: (height, width, 3) linear RGB.
        camera: how it meters.
        face: (height, width) bool, where the face is, if there is one.
    """
    height, width = linear.shape[:2]
    luminance = np.minimum(linear @ LUMA, 1.5)  # a lamp in the picture saturates the meter, it does not rule it
    rows = np.exp(-(((np.arange(height) + 0.5) / height - 0.5) ** 2) / 0.18)
    columns = np.exp(-(((np.arange(width) + 0.5) / width - 0.5) ** 2) / 0.18)
    weights = rows[:, None] * columns[None, :]
    mean = float((luminance * weights).sum() / weights.sum())
    gain = camera.metered_mean / mean if mean > 0 else camera.largest_gain
    if camera.finds_faces and face is not None and face.any():
        on_face = float((linear[face] @ LUMA).mean())
        gain = float(np.sqrt(gain * FACE_LUMINANCE / on_face)) if on_face > 0 else camera.largest_gain
    return float(np.clip(gain, 0.15, camera.largest_gain)) * camera.exposure_bias


def take_picture(linear: np.ndarray, camera: Camera, rng: np.random.Generator, gain: float | None = None) -> np.ndarray:
    """Return what the camera makes of the light: (height, width, 3) uint8 sRGB.

    Args:
        linear: (height, width, 3) float linear RGB; 1 is a white page in a well-lit ward.
        camera: its properties.
        rng: of the sensor's noise; the same generator state gives the same picture.
        gain: exposure; None meters this picture (a recording keeps the gain of its first frame).
    """
    if gain is None:
        gain = automatic_gain(linear, camera)
    scale = linear.shape[0] / 256.0
    image: np.ndarray = np.ascontiguousarray(linear, np.float32)
    if camera.motion_px > 0:
        image = _blur_by_motion(image, camera.motion_px * scale, camera.motion_deg)
    softness = camera.softness_px * scale
    if softness > 0:
        image = cv2.GaussianBlur(image, (0, 0), softness)
    noise = rng.standard_normal(image.shape, np.float32)
    if scale > 1.2:  # the grain of a sensor does not shrink with the pictures made of it
        noise = cv2.GaussianBlur(noise, (0, 0), 0.35 * scale) * (1.2 * scale)
    variance = np.clip(image, 0, None) / camera.full_well * max(gain, 1.0) + (camera.read_noise * max(gain, 1.0)) ** 2
    exposed = image * np.asarray(gain * np.asarray(camera.white_balance), np.float32)
    exposed += noise * np.sqrt(variance * np.float32(max(gain, 1.0)))
    picture = TONE_CURVE[(np.clip(exposed, 0, BRIGHTEST) * (len(TONE_CURVE) - 1) / BRIGHTEST).astype(np.int32)]
    if camera.jpeg_quality is not None:
        picture = compress(picture, camera.jpeg_quality)
    return picture


def compress(picture: np.ndarray, quality: int) -> np.ndarray:
    """Return the picture after JPEG compression with halved colour resolution, as webcams send it."""
    return decode_jpeg(encode_jpeg(picture, quality))


def encode_jpeg(picture: np.ndarray, quality: int, full_color: bool = False) -> bytes:
    """Return (height, width, 3) uint8 RGB as JPEG; `full_color` keeps the colour resolution (4:4:4)."""
    sampling = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444 if full_color else cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling]
    done, buffer = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), options)
    if not done:
        raise ValueError(f"a picture of shape {picture.shape} could not be written as JPEG")
    return buffer.tobytes()


def decode_jpeg(data: bytes) -> np.ndarray:
    """Return the picture of a JPEG file's bytes as (height, width, 3) uint8 RGB."""
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError("these bytes are not a JPEG picture")
    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)


def _blur_by_motion(image: np.ndarray, length: float, degrees: float) -> np.ndarray:
    size = 2 * int(np.ceil(length / 2)) + 3
    kernel = np.zeros((size, size), np.float32)
    middle = size // 2
    reach = length / 2 * np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    for step in np.linspace(-1, 1, 33):
        x, y = middle + step * reach
        column, row = int(np.floor(x)), int(np.floor(y))
        right, down = x - column, y - row
        kernel[row, column] += (1 - right) * (1 - down)
        kernel[row, column + 1] += right * (1 - down)
        kernel[row + 1, column] += (1 - right) * down
        kernel[row + 1, column + 1] += right * down
    return cv2.filter2D(image, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE)


def _shoulder(linear: np.ndarray) -> np.ndarray:
    room = 1 - SHOULDER_FROM
    over = np.clip(linear - SHOULDER_FROM, 0, None)
    return np.minimum(linear, SHOULDER_FROM) + room * (1 - np.exp(-over / room))


def _to_srgb(linear: np.ndarray) -> np.ndarray:
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-8) ** (1 / 2.4) - 0.055)


TONE_CURVE: Final = (_to_srgb(_shoulder(np.linspace(0, BRIGHTEST, 2**15))) * 255 + 0.5).astype(np.uint8)
"""8-bit value of each exposure from 0 to `BRIGHTEST`: a table is ten times as fast as the formula."""
