"""Finding a Chromium, Chrome or Edge on this computer, to print reports and to test."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)
MACOS = ("Google Chrome", "Chromium", "Microsoft Edge")
WINDOWS = (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe")


def find() -> str | None:
    """Path of a browser: ``KIT_BROWSER`` if set, else one on PATH, else one in its usual place; None without any."""
    if chosen := os.environ.get("KIT_BROWSER"):
        return chosen if Path(chosen).is_file() else None
    found = [path for name in NAMES if (path := shutil.which(name))]
    folders = [
        os.environ[name]
        for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        if name in os.environ
    ]
    usual = [Path(f"/Applications/{name}.app/Contents/MacOS/{name}") for name in MACOS]
    usual += [Path(folder, tail) for folder in folders for tail in WINDOWS]
    return next(iter([*found, *(str(path) for path in usual if path.is_file())]), None)
