"""How colours are seen: relative luminance, contrast, distance, and with another colour vision."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from .drawing import rgb

Colour = str | Sequence[float] | npt.NDArray[np.generic]

VISIONS = {"protan": "紅色弱", "deutan": "綠色弱", "tritan": "藍色弱"}
_MACHADO = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}  # fmt: skip
_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
_WHITE = _XYZ.sum(axis=1)


def linear(colour: Colour) -> npt.NDArray[np.float64]:
    """Linear light (0–1) of ``#RRGGBB`` or of an array of 0–255 values, channels last."""
    values = np.asarray(rgb(colour) if isinstance(colour, str) else colour, dtype=float) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def luminance(colour: Colour) -> npt.NDArray[np.float64]:
    """Relative luminance 0–1 as WCAG 2.2 defines it; keeps the shape without the channels.

    >>> round(float(luminance("#FFFFFF")), 3), round(float(luminance("#777777")), 3)
    (1.0, 0.184)
    """
    return np.asarray(linear(colour) @ np.array([0.2126, 0.7152, 0.0722]))


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, success criterion 1.4.3).

    >>> contrast("#000000", "#FFFFFF"), round(contrast("#777777", "#FFFFFF"), 2)
    (21.0, 4.48)
    """
    return float(ratio(luminance(one), luminance(other)))


def ratio(one: npt.ArrayLike, other: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Contrast ratio of luminances, element by element."""
    a, b = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    return np.asarray((np.maximum(a, b) + 0.05) / (np.minimum(a, b) + 0.05))


def simulated(colour: Colour, vision: str) -> npt.NDArray[np.float64]:
    """What someone with strong protan, deutan or tritan vision sees, as 0–255 values (Machado et al. 2009, severity 1).

    Source: https://doi.org/10.1109/TVCG.2009.113

    >>> simulated("#B3432B", "deutan").round().astype(int).tolist()
    [126, 113, 39]
    """
    light = np.clip(linear(colour) @ np.array(_MACHADO[vision]).T, 0, 1)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055) * 255


def lab(colour: Colour) -> npt.NDArray[np.float64]:
    """CIE L*a*b* of a colour (white point of sRGB)."""
    scaled = linear(colour) @ _XYZ.T / _WHITE
    bent = np.where(scaled > (6 / 29) ** 3, np.cbrt(scaled), scaled / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = bent[..., 0], bent[..., 1], bent[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def distance(one: Colour, other: Colour) -> float:
    """How far apart two colours look: the distance in CIE Lab; about 2 is just visible side by side.

    >>> round(distance("#1F3A34", "#2F5D4A"), 1)
    17.2
    """
    first, second = (_lab(c) if isinstance(c, str) else lab(c) for c in (one, other))
    return float(np.linalg.norm(first - second))


@lru_cache(maxsize=512)
def _lab(colour: str) -> npt.NDArray[np.float64]:
    return lab(colour)


def hex_of(values: Colour) -> str:
    """``#RRGGBB`` of 0–255 values."""
    r, g, b = (round(float(v)) for v in np.clip(np.asarray(values, dtype=float), 0, 255))
    return f"#{r:02X}{g:02X}{b:02X}"
