"""Notebooks as stable JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def text(notebook: dict[str, Any]) -> str:
    """The file's text: sorted keys, sources as lists of lines, one final newline."""
    cells = [{**c, "source": "".join(c["source"]).splitlines(keepends=True)} for c in notebook["cells"]]
    return json.dumps({**notebook, "cells": cells}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def dump(notebook: dict[str, Any], file: Path) -> None:
    """Write a notebook, making its folder."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text(notebook), encoding="utf-8", newline="\n")
