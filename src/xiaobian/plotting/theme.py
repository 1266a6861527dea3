"""One call that gives every chart the course's fonts, colours and spacing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any

import matplotlib as mpl
from cycler import cycler
from matplotlib import font_manager

from . import tofu
from .palette import HAIRLINE, PALETTE, PAPER, SECONDARY, TEXT

FONTS = ["Noto Sans TC", "Noto Emoji", "Noto Sans Symbols", "DejaVu Sans", "STIXGeneral", tofu.FAMILY]
DPI = 110
_WEIGHTS = range(100, 1000, 100)
_SEARCH = "_find_fonts_by_props"
_GENERIC = ("font.serif", "font.sans-serif", "font.cursive", "font.fantasy", "font.monospace")
_STYLES = ("normal", "italic", "oblique")


def use_theme() -> None:
    """Set fonts, palette and spacing for every matplotlib and seaborn chart drawn from now on.

    The fonts come with installed packages, so no system font is needed: Noto Sans TC (正體中文), Noto Emoji,
    then symbol fonts, then an empty box for what nobody can draw. Calling it again changes nothing.
    ``seaborn.set_theme()`` and ``set_style()`` bring their own fonts; call ``use_theme()`` after them.

    >>> use_theme()
    >>> mpl.rcParams["font.family"][0], mpl.rcParams["axes.titlelocation"]
    ('Noto Sans TC', 'left')
    """
    _register_fonts()
    _remember_searches()
    mpl.rcParams.update(_rc())


def wear_theme() -> None:
    """``use_theme()``, unless its fonts are in place already: what the learner changed since then stays."""
    if mpl.rcParams["font.family"] != FONTS:
        use_theme()


def _packaged_fonts() -> list[Path]:
    import manimgx_fonts
    import pylopdf_fonts_zh_tw

    noto = Path(manimgx_fonts.__file__).parent
    return [
        Path(pylopdf_fonts_zh_tw.sans_path()),
        noto / "NotoEmoji[wght].ttf",
        noto / "NotoSansSymbols[wght].ttf",
        tofu.PATH,
    ]


def _bundled_fonts() -> list[Path]:
    folder = Path(mpl.get_data_path(), "fonts", "ttf")
    return [folder / "DejaVuSans.ttf", folder / "STIXGeneral.ttf"]


def _register_fonts() -> None:
    """Ours go before a system font of the same name; matplotlib's own keep their real bold and follow after."""
    fonts = font_manager.fontManager.ttflist
    known = {entry.fname for entry in fonts if entry.weight == _WEIGHTS[-1]}
    for file in map(str, _packaged_fonts()):
        if file not in known:
            fonts[:0] = _every_face(file)
    for file in map(str, _bundled_fonts()):
        if file not in known:
            fonts.extend(_every_face(file))


def _remember_searches() -> None:
    """Search each list of fonts once: matplotlib does so whenever it measures a text, a fifth of drawing a chart."""
    manager = font_manager.fontManager
    search = getattr(manager, _SEARCH, None)
    if search and _SEARCH not in vars(manager):
        setattr(manager, _SEARCH, _remembered(search))


def _remembered(search: Callable[..., Any]) -> Callable[..., Any]:
    """The same search, kept as long as neither the fonts nor what a generic family stands for change."""
    found: dict[object, Any] = {}

    @wraps(search)
    def once(prop: object, *args: Any, **options: Any) -> Any:
        generic = tuple(tuple(mpl.rcParams[name]) for name in _GENERIC)
        fonts = font_manager.fontManager.ttflist
        key = (hash(prop), args, tuple(options.items()), generic, id(fonts), len(fonts))
        if key not in found:
            found[key] = search(prop, *args, **options)
        return found[key]

    return once


def _every_face(file: str) -> list[font_manager.FontEntry]:
    """One entry a weight and style, so that asking for a bold or italic that a font lacks is not a complaint."""
    fonts = font_manager.fontManager.ttflist
    before = len(fonts)
    font_manager.fontManager.addfont(file)
    entry = fonts[before]
    del fonts[before:]
    return [replace(entry, weight=weight, style=style) for weight in _WEIGHTS for style in _STYLES]


def _rc() -> dict[str, object]:
    fonts = {"font.family": FONTS, "font.sans-serif": FONTS, "font.size": 11, "axes.unicode_minus": True}
    mathtext = {"mathtext.fontset": "custom"} | {
        f"mathtext.{face}": FONTS[0] for face in ("rm", "it", "bf", "bfit", "sf", "tt", "cal")
    }
    colours = {
        "axes.prop_cycle": cycler(color=list(PALETTE.values())),
        "text.color": TEXT,
        "axes.labelcolor": TEXT,
        "axes.titlecolor": TEXT,
        "axes.edgecolor": SECONDARY,
        "xtick.color": SECONDARY,
        "ytick.color": SECONDARY,
        "xtick.labelcolor": TEXT,
        "ytick.labelcolor": TEXT,
        "figure.facecolor": PAPER,
        "axes.facecolor": PAPER,
        "savefig.facecolor": PAPER,
        "patch.edgecolor": PAPER,
        "patch.force_edgecolor": True,
    }
    return fonts | mathtext | colours | _SPACING


_SPACING: dict[str, object] = {
    "figure.figsize": (9, 4.5),
    "figure.dpi": DPI,
    "savefig.dpi": DPI,
    "figure.autolayout": True,
    "figure.titlesize": 14,
    "axes.titlesize": 14,
    "axes.titlelocation": "left",
    "axes.titlepad": 12,
    "axes.titleweight": "normal",
    "axes.labelsize": 11,
    "axes.labelpad": 6,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": HAIRLINE,
    "grid.linewidth": 0.8,
    "xtick.labelsize": 10.5,
    "ytick.labelsize": 10.5,
    "ytick.left": False,
    "legend.frameon": False,
    "legend.fontsize": 10.5,
    "lines.linewidth": 2,
    "lines.markersize": 7,
    "lines.solid_capstyle": "round",
}
