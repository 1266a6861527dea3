"""The anatomy of a lesson as rules: every problem is one sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..datasets import Lesson

CELLS = (20, 45)
LONGEST_CELL = 15
PROSE_PER_CODE_LINE = 17
LONGEST_STRETCH = 10
LARGEST_FILE = 500_000
TAGS = {"nbval-ignore-output", "nbval-skip", "raises-exception", "hide-input"}
CHECKS = ("xb.predict(", ".check(", ".answer(", ".panel()")
PERCENT = re.compile(r"\d+(?:\.\d+)?(?=\s?[%％])")
COUNT = re.compile(r"\d[\d,]*(?:\.\d+)?\s?(?:百萬|千萬|萬|億|兆|million|billion)")
WRITTEN_COUNT = re.compile(r"[十百千]*[一二三四五六七八九兩][一二三四五六七八九兩十百千]*(?:萬|億)")
YEAR = re.compile(r"(?<![\d.])(?:19|20)\d\d(?=\s?(?:年|第|Q|[-–/]))")
OUTSIDE_CHAPTER = "1."
"""The chapter that speaks of the world outside: here not even a count in Chinese numerals is typed."""
HAN = re.compile(r"[一-鿿]")


@dataclass(frozen=True)
class Page:
    """A lesson notebook with what the rules look at."""

    file: Path
    lesson: Lesson
    notebook: dict[str, Any]

    @property
    def cells(self) -> list[dict[str, Any]]:
        return list(self.notebook["cells"])

    def sources(self, kind: str) -> list[str]:
        return ["".join(c["source"]) for c in self.cells if c["cell_type"] == kind]

    @property
    def prose(self) -> str:
        return "\n\n".join(self.sources("markdown"))

    def outputs(self, cell: dict[str, Any]) -> str:
        texts = []
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            texts += ["".join(output.get("text", ""))]
            texts += ["".join(data.get(k, "")) for k in ("text/plain", "text/html")]
        return "\n".join(texts)


def read(root: Path, lesson: Lesson) -> Page:
    file = root / lesson.notebook
    return Page(file, lesson, json.loads(file.read_text(encoding="utf-8")))


def problems(root: Path, lesson: Lesson) -> list[str]:
    """Everything a lesson breaks; empty when it is well formed."""
    page = read(root, lesson)
    rules = (_file, _frame, _rhythm, _cells, _executed, _figures, _numbers, _links)
    return [problem for rule in rules for problem in rule(page)]


def _file(page: Page) -> Iterator[str]:
    if page.file.stat().st_size > LARGEST_FILE:
        yield f"檔案 {page.file.stat().st_size // 1000} kB，超過 {LARGEST_FILE // 1000} kB"
    if "widgets" in page.notebook["metadata"]:
        yield "metadata 裡存了元件狀態"
    if page.notebook["metadata"].get("kernelspec", {}).get("name") != "python3":
        yield "核心名稱不是 python3"


def section(prose: str, heading: str) -> str:
    """Text under a heading or a bold label, up to the next one."""
    match = re.search(
        rf"(?:^#+ *|\*\*){heading}[^\n]*\n(.*?)(?=^#|^\*\*|\Z)", prose, re.DOTALL | re.MULTILINE
    )
    return match[1] if match else ""


def bullets(text: str) -> list[str]:
    return re.findall(r"^(?:[-*]|\d+\.) +(.+)$", text, re.MULTILINE)


def functions(text: str) -> set[str]:
    """Names of the functions mentioned as code, like ``xb.kpi()``."""
    return set(re.findall(r"`((?:xb\.)?[\w.]+)\(", text))


def _frame(page: Page) -> Iterator[str]:
    headings = re.findall(r"^# .+$", page.prose, re.MULTILINE)
    if len(headings) != 1 or not page.sources("markdown")[0].startswith("# "):
        yield f"要恰好一個 # 標題，而且在第一格；現在有 {len(headings)} 個"
    if headings and page.lesson.title not in headings[0]:
        yield f"標題要含「{page.lesson.title}」"
    opening, closing = section(page.prose, "本章學會"), section(page.prose, "小結")
    if not 3 <= len(bullets(opening)) <= 4:
        yield f"「本章學會」要 3–4 點，現在 {len(bullets(opening))} 點"
    if any(not functions(b) for b in bullets(opening)):
        yield "「本章學會」每一點都要寫出用到的函式"
    if len(bullets(closing)) != len(bullets(opening)) or functions(closing) != functions(opening):
        yield "「小結」要和「本章學會」逐點對映，函式也要相同"
    for needed in ("先備", "時間", "示範軌", "研究軌", "換成自己的資料", "常見誤用"):
        if needed not in page.prose:
            yield f"缺少「{needed}」"
    if "my_file = None" not in "\n".join(page.sources("code")):
        yield "「換成自己的資料」要有一格 my_file = None"


def _rhythm(page: Page) -> Iterator[str]:
    if not CELLS[0] <= len(page.cells) <= CELLS[1]:
        yield f"格數 {len(page.cells)}，應在 {CELLS[0]}–{CELLS[1]} 之間"
    lines = sum(
        len([x for x in s.splitlines() if x.strip() and not x.strip().startswith("#")])
        for s in page.sources("code")
    )
    words = len(HAN.findall(page.prose))
    if words < PROSE_PER_CODE_LINE * lines:
        yield f"每行程式的中文字只有 {words / max(lines, 1):.1f} 個，至少 {PROSE_PER_CODE_LINE} 個"
    stretch = 0
    for number, cell in enumerate(page.cells, 1):
        stretch = 0 if any(mark in "".join(cell["source"]) for mark in CHECKS) else stretch + 1
        if stretch == LONGEST_STRETCH + 1:
            yield f"第 {number} 格之前連續 {LONGEST_STRETCH} 格沒有預測或檢查"


def _cells(page: Page) -> Iterator[str]:
    if not (code := page.sources("code")) or "import xiaobian as xb" not in code[0]:
        yield "第一個程式格要有 import xiaobian as xb"
    for number, cell in enumerate(page.cells, 1):
        source = "".join(cell["source"])
        if cell["id"] != f"c{number:02d}":
            yield f"第 {number} 格的 id 不固定，請執行 xiaobian lessons build"
        if cell["cell_type"] == "code" and len(source.splitlines()) > LONGEST_CELL:
            yield f"第 {number} 格有 {len(source.splitlines())} 行，超過 {LONGEST_CELL} 行"
        if unknown := set(cell["metadata"].get("tags", ())) - TAGS:
            yield f"第 {number} 格的標籤 {'、'.join(sorted(unknown))} 不在清單裡"
        if re.search(r"^\s*(interact|interactive_output)\(|widgets\.Output\(", source, re.MULTILINE):
            yield f"第 {number} 格用了 Output 或 interact"


def _executed(page: Page) -> Iterator[str]:
    counts = [c["execution_count"] for c in page.cells if c["cell_type"] == "code"]
    if counts != list(range(1, len(counts) + 1)):
        yield "程式格沒有從頭依序執行過"
    for number, cell in enumerate(page.cells, 1):
        kinds = {o["output_type"] for o in cell.get("outputs", [])}
        streams = {o.get("name") for o in cell.get("outputs", [])}
        if "error" in kinds or "stderr" in streams:
            yield f"第 {number} 格的輸出有錯誤或警告"
        if re.search(r"\bat 0x[0-9a-f]+>|Glyph \d+", page.outputs(cell)):
            yield f"第 {number} 格的輸出有記憶體位址或缺字警告"


def _figures(page: Page) -> Iterator[str]:
    figures = [
        i
        for i, c in enumerate(page.cells)
        if any("image/png" in o.get("data", {}) for o in c.get("outputs", []))
    ]
    if len(figures) < 2:
        yield f"只有 {len(figures)} 張圖，至少 2 張"
    for i in figures:
        if i + 1 >= len(page.cells) or page.cells[i + 1]["cell_type"] != "markdown":
            yield f"第 {i + 1} 格的圖後面要有一段解讀"
    if not any(".panels." in s for s in page.sources("code")):
        yield "至少要有一個互動面板（xb.panels.…）"


def _numbers(page: Page) -> Iterator[str]:
    """A percentage, large count or year in the prose must be in an output, or be a guess or level the code holds."""
    shown = "\n".join([*map(page.outputs, page.cells), *page.sources("code")])
    known, flat = set(re.findall(r"\d+(?:\.\d+)?", shown)), re.sub(r"\s", "", shown)
    for number, cell in enumerate(page.cells, 1):
        if cell["cell_type"] == "markdown":
            prose = "".join(cell["source"])
            typed = [f"{figure}%" for figure in PERCENT.findall(prose) if figure not in known]
            typed += [count for count in _counts(prose, page.lesson) if re.sub(r"\s", "", count) not in flat]
            for figure in typed:
                yield f"第 {number} 格寫了 {figure}，但筆記本的輸出裡沒有這個數字"


def _counts(prose: str, lesson: Lesson) -> list[str]:
    written = WRITTEN_COUNT.findall(prose) if lesson.id.startswith(OUTSIDE_CHAPTER) else []
    return [*COUNT.findall(prose), *YEAR.findall(prose), *written]


def _links(page: Page) -> Iterator[str]:
    targets = re.findall(r"\]\(([^)#]+)\)", page.prose)
    for target in targets:
        if not target.startswith("http") and not (page.file.parent / target).exists():
            yield f"連結 {target} 指到不存在的檔案"
    if not any(t.endswith(page.lesson.exercise.removeprefix("exercises/")) for t in targets):
        yield "缺少到練習的連結"
