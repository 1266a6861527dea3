"""All sample files in one place: ``xiaobian datasets exports`` writes them, lessons and tests read them."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from . import samples
from .sample_files import FILES, render

MODULES: tuple[str, ...] = (
    "sample_ga4",
    "sample_line",
    "sample_linkedin",
    "sample_manual",
    "sample_meta",
    "sample_tiktok",
    "sample_x",
    "sample_youtube",
)  # fmt: skip
"""Modules with ``files(seed) -> {path below the data folder: content}``, besides Meta's content exports."""


def files(seed: int | None = None) -> dict[str, bytes]:
    """Path below the data folder → content, for every sample export and the followers' table.

    >>> "account_days.csv" in files()
    True
    """
    seed = samples.default_seed() if seed is None else seed
    posts = samples.sample_posts(seed)
    made = {str(file.path): render(file, posts) for file in FILES}
    days = samples.build(seed)["account_days"][["platform", "account", "date", "followers", "gained", "lost"]]
    text = days.to_csv(index=False, date_format="%Y-%m-%d", lineterminator="\n")
    made["account_days.csv"] = text.encode("utf-8")
    for name in MODULES:
        made |= import_module(f".{name}", __package__).files(seed)
    return made


def write(folder: str | Path, seed: int | None = None) -> list[Path]:
    """Write every sample file under a folder; returns the files."""
    written = []
    for name, content in files(seed).items():
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
    return written
