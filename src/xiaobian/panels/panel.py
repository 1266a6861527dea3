"""A panel: the live widget, one stable sentence for text, and a picture where no widget can run."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Callable
from functools import wraps
from typing import Any

import ipywidgets as widgets

WIDTH = "960px"
STYLE = """<style>
.xb-panel{font-size:16px;line-height:1.6;color:#22303C;background:#FFFFFF;border:1px solid #E3E8EC;
border-radius:4px;padding:16px;max-width:960px;font-family:"Noto Sans TC","Noto Sans CJK TC","PingFang TC",
"Microsoft JhengHei",sans-serif}
.xb-panel .widget-html-content,.xb-panel .widget-label,.xb-panel input,.xb-panel select,.xb-panel textarea,
.xb-panel button,.xb-panel label{font-size:16px!important;line-height:1.6!important;color:#22303C}
.xb-panel .widget-radio-box{max-width:none!important}
.xb-panel .widget-radio-box label{height:auto!important;white-space:normal!important;padding:4px 0;
align-items:flex-start;display:flex;flex-direction:row-reverse;justify-content:flex-end;gap:8px}
.xb-panel .widget-radio-box input{margin:6px 0 0!important;flex:none}
.xb-panel .widget-inline-hbox,.xb-panel .widget-radio,.xb-panel .widget-checkbox{height:auto!important}
.xb-panel .widget-checkbox label{white-space:normal!important}
.xb-panel .widget-radio{flex-direction:column;align-items:flex-start}
.xb-panel .widget-dropdown .widget-label{white-space:normal;overflow:visible;text-align:left;height:auto;overflow-wrap:anywhere}
.xb-panel button{height:40px!important;line-height:38px!important;min-width:96px;background:#FFFFFF!important;
border:1px solid #0A4A78!important;color:#0A4A78!important;border-radius:4px;padding:0 16px}
.xb-panel button.mod-primary{background:#0A4A78!important;color:#FFFFFF!important}
.xb-panel button:focus-visible,.xb-panel input:focus-visible,.xb-panel select:focus-visible,
.xb-panel textarea:focus-visible{outline:3px solid #4C9CCB!important;outline-offset:2px}
.xb-panel textarea,.xb-panel input{font-family:inherit!important}
.xb-panel select,.xb-panel input[type=text],.xb-panel input[type=number],.xb-panel textarea{background-color:#FFFFFF;border:1px solid #5B6875;
border-radius:4px;color:#22303C}
.xb-panel select,.xb-panel input[type=text],.xb-panel input[type=number]{height:40px!important;padding:0 8px}
.xb-panel select{padding-right:28px}
</style>"""


class Panel:
    """Shows ``widget`` live; ``text`` where only text can be shown; ``picture()`` gives a PNG, or None."""

    def __init__(
        self, children: list[widgets.Widget], text: str, picture: Callable[[], bytes | None] | None = None
    ) -> None:
        box = widgets.VBox(
            [widgets.HTML(STYLE), *children], layout=widgets.Layout(max_width=WIDTH, grid_gap="8px")
        )
        box.add_class("xb-panel")
        self.widget, self.text, self._picture = box, text, picture

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": self.text}
        picture = self._picture() if self._picture else None
        if picture:
            bundle["image/png"] = b64encode(picture).decode()
        bundle["application/vnd.jupyter.widget-view+json"] = {
            "version_major": 2, "version_minor": 0, "model_id": self.widget.model_id,
        }  # fmt: skip
        return bundle


def guarded(feedback: widgets.HTML, callback: Callable[..., None]) -> Callable[..., None]:
    """Wrap a widget callback: an error becomes words in ``feedback``; with ``KIT_STRICT=1`` it is raised too."""

    @wraps(callback)
    def wrapped(*args: Any) -> None:
        try:
            callback(*args)
        except Exception as error:
            feedback.value = message_box("!", "執行錯誤", f"{error}", "#A63F16")
            if os.environ.get("KIT_STRICT") == "1":
                raise

    return wrapped


def message_box(icon: str, word: str, sentence: str, colour: str) -> str:
    """One feedback box as HTML; ``sentence`` is escaped here."""
    import html

    return (
        f'<div role="status" aria-live="polite" style="border-left:4px solid {colour};padding:8px 16px;'
        f'background:#FFFFFF;border-top:1px solid #E3E8EC;border-bottom:1px solid #E3E8EC;white-space:normal">'
        f'<strong style="color:{colour}">{icon} {word}</strong>　{html.escape(sentence)}</div>'
    )
