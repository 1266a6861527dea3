"""Sample data, the running brand, the course map and the evidence behind every outside figure."""

from __future__ import annotations

import difflib
import html
import json
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from . import tables
from .errors import NotFound

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "_data"
_CHECKOUT = _PACKAGE.parents[1] / "datasets"

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_KEPT = 48
"""Tables that are kept once read; a caller gets a copy, a file that changed is read again."""

CONFIDENCE = {"H": "高", "M": "中", "L": "低"}


def path(name: str = "") -> Path:
    """Absolute path of a file or folder of sample data, from an installed wheel or from a checkout.

    Raises NotFound with the names that exist beside it.

    >>> path("brand.yml").name
    'brand.yml'
    """
    for root in (_INSTALLED, _CHECKOUT):
        if (root / name).exists():
            return root / name
    raise NotFound(f"找不到資料檔 {name}", next_step=f"可用的檔案：{'、'.join(_siblings(name))}")


def _siblings(name: str) -> list[str]:
    folders = [root / Path(name).parent for root in (_INSTALLED, _CHECKOUT)]
    found = [sorted(p.name for p in folder.iterdir()) for folder in folders if folder.is_dir()]
    return found[0] if found else sorted(p.name for p in path().iterdir())


def sample(platform: str, language: str = "zh") -> Path:
    """The brand's sample export of a platform, in the layout of a real download; ``language`` is zh or en.

    Raises NotFound with the samples there are.

    >>> sample("instagram").suffix
    '.csv'
    """
    folders = [folder for folder in sorted(path("exports").glob("*/*")) if folder.is_dir()]
    fits = [f for f in folders if f.name == f"{platform}_{language}"]
    fits += [f for f in folders if f.parent.name == platform and f.name.endswith(language)]
    if not fits:
        names = "、".join(folder.name for folder in folders)
        raise NotFound(f"沒有 {platform}（{language}）的樣本匯出檔", next_step=f"現有的樣本：{names}")
    return min(fits[0].iterdir())


def yaml_of(file: Path) -> Any:
    """What a YAML file holds, read by the fast loader where there is one.

    >>> yaml_of(path("brand.yml"))["name"]
    '嶼穗茶食'
    """
    return yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)


@cache
def _yaml(name: str) -> Any:
    return yaml_of(path(name))


def brand() -> dict[str, Any]:
    """The fictional brand of the course: names, people, accounts, products.

    >>> brand()["name"]
    '嶼穗茶食'
    """
    return dict(_yaml("brand.yml"))


def load(name: str) -> pd.DataFrame:
    """One of the declared tables from its sample file, with declared dtypes; raises NotFound if there is none.

    >>> load("account_days")["followers"].dtype
    Int64Dtype()
    """
    return _read(f"{name}.csv", name)


def year(name: str) -> pd.DataFrame:
    """One table of the brand's simulated year, 2025-02-24 to 2026-02-22; raises NotFound with the names there are.

    >>> len(year("account_days")) == 6 * 364
    True
    """
    parts = {
        Path(r["path"]).stem: r["table"] for r in _package()["resources"] if r["path"].startswith("year/")
    }
    if name not in parts:
        raise NotFound(f"品牌的一年裡沒有 {name} 這張表", next_step=f"可用的表：{'、'.join(parts)}")
    return _read(f"year/{name}.csv", parts[name])


@cache
def _package() -> dict[str, Any]:
    return dict(json.loads(path("datapackage.json").read_text(encoding="utf-8")))


def _read(file: str, name: str) -> pd.DataFrame:
    found = path(file)
    return _conformed(found, name, found.stat().st_mtime_ns).copy()


@lru_cache(_KEPT)
def _conformed(file: Path, name: str, changed: int) -> pd.DataFrame:
    text = {c.name: "string" for c in tables.table(name).columns if c.dtype == "string"}
    return tables.conform(pd.read_csv(file, dtype=text, keep_default_na=False, na_values=[""]), name)


def reference(name: str) -> pd.DataFrame:
    """One table of facts with a shelf life, from ``datasets/reference``; an empty cell is a missing value.

    Text columns are ``string``; numbers and flags have the dtype that ``columns.yml`` declares for them.
    Raises NotFound with the names of the tables.

    >>> float(reference("line_plans").set_index("id").loc["line_medium", "monthly_fee"])
    800.0
    """
    if name not in reference_tables():
        names = "、".join(reference_tables())
        raise NotFound(f"沒有叫做 {name} 的參考表", next_step=f"可用的參考表：{names}")
    file = path(f"reference/{name}.csv")
    return _reference(file, file.stat().st_mtime_ns).copy()


@lru_cache(_KEPT)
def _reference(file: Path, changed: int) -> pd.DataFrame:
    dtypes = {column: rule.get("dtype", "string") for column, rule in reference_columns().items()}
    return pd.read_csv(file, dtype=dtypes, keep_default_na=False, na_values=[""], encoding="utf-8")


def reference_tables() -> dict[str, str]:
    """Title of each reference table by name."""
    return dict(_yaml("reference/columns.yml")["tables"])


def reference_columns() -> dict[str, dict[str, str]]:
    """Label and dtype of every column of the reference tables."""
    return dict(_yaml("reference/columns.yml")["columns"])


SIMULATED = "島嶼沙盒模擬資料"


def is_simulated(accounts: pd.Series) -> bool:
    """Whether any of these accounts is the fictional brand's, so that what is shown must say it is simulated.

    >>> is_simulated(pd.Series(["yusui.tea", None]))
    True
    """
    return bool(accounts.isin(brand_accounts()).any())


def brand_accounts() -> set[str]:
    """Every handle of the fictional brand.

    >>> "yusui.tea" in brand_accounts()
    True
    """
    ours = {name for account in brand()["accounts"].values() for name in account.values()}
    return ours | set(brand()["other_handles"])


@dataclass(frozen=True)
class Lesson:
    """One lesson of the course map; ``id`` is like ``3.1``, ``folder`` like ``3_analysis``."""

    id: str
    folder: str
    chapter: str
    slug: str
    title: str
    seed: tuple[str, ...]
    truth: bool
    outcome: str

    @property
    def stem(self) -> str:
        """File stem shared by lesson and exercise.

        >>> lesson("3.1").stem
        '01_kpi'
        """
        return f"{int(self.id.split('.')[1]):02d}_{self.slug}"

    @property
    def notebook(self) -> str:
        return f"notebooks/{self.folder}/{self.stem}.ipynb"

    @property
    def exercise(self) -> str:
        return f"exercises/{self.folder}/{self.stem}.ipynb"

    @property
    def master(self) -> str:
        return f"instructor/source/{self.id.split('.')[0]}_{self.stem}/{self.stem}.ipynb"


@cache
def course() -> dict[str, Lesson]:
    """All lessons by id, in course order.

    >>> len(course())
    46
    """
    lessons = {}
    for chapter in _yaml("course.yml")["chapters"]:
        for row in chapter["lessons"]:
            seed = tuple(row.get("seed", ()))
            lessons[row["id"]] = Lesson(
                row["id"], chapter["folder"], chapter["title"], row["slug"], row["title"],
                seed, bool(row.get("truth")), row["outcome"],
            )  # fmt: skip
    return lessons


def lesson(lesson_id: str) -> Lesson:
    """One lesson of the course map; raises NotFound for an unknown id."""
    if not isinstance(lesson_id, str):
        raise NotFound(f"課號 {lesson_id} 要寫成文字", next_step=f'請加上引號，例如 "{lesson_id}"')
    if lesson_id not in course():
        first, *_, last = course()
        raise NotFound(
            f"課程裡沒有第 {lesson_id} 課", next_step=f"課號從 {first} 到 {last}，用 xb.progress() 看課程地圖"
        )
    return course()[lesson_id]


@dataclass(frozen=True)
class Evidence:
    """A claim from outside with its denominator, population, date, source and confidence (證據卡)."""

    id: str
    claim: str
    figure: str
    denominator: str
    population: str
    period: str
    source: str
    via: str
    checked: str
    confidence: str
    note: str

    def _rows(self) -> list[tuple[str, str]]:
        how_sure = f"{CONFIDENCE[self.confidence]}（查核日 {self.checked}）"
        rows = [
            ("數字", self.figure), ("分母", self.denominator), ("母體", self.population), ("期間", self.period),
            ("來源", self.source), ("轉引自", self.via), ("可信度", how_sure), ("提醒", self.note),
        ]  # fmt: skip
        return [(k, v) for k, v in rows if v]

    def __repr__(self) -> str:
        return "\n".join([f"證據卡｜{self.claim}", *(f"  {k}：{v}" for k, v in self._rows())])

    def _repr_html_(self) -> str:
        cells = "".join(
            f'<tr><th scope="row" style="text-align:left;white-space:nowrap;padding:4px 16px 4px 0;'
            f'color:#5B6875;font-weight:400;vertical-align:top;background:#FFFFFF">{k}</th>'
            f'<td style="text-align:left;padding:4px 0;background:#FFFFFF">{html.escape(v)}</td></tr>'
            for k, v in self._rows()
        )
        return (
            '<div style="border:1px solid #E3E8EC;border-left:4px solid #0A4A78;padding:8px 16px;max-width:960px;'
            'font-size:16px;color:#22303C;background:#FFFFFF;margin:8px 0">'
            '<div style="color:#0A4A78;font-size:14px">證據卡</div>'
            f'<div style="margin:4px 0 8px">{html.escape(self.claim)}</div>'
            f'<table style="border-collapse:collapse;font-size:14px;margin:0">{cells}</table></div>'
        )


@cache
def _evidence() -> dict[str, Evidence]:
    cards = {}
    fields = list(Evidence.__dataclass_fields__)
    for file in sorted(path("reference").glob("*.csv")):
        rows = pd.read_csv(file, dtype="string", keep_default_na=False, encoding="utf-8")
        if set(fields) <= set(rows.columns):
            for values in rows[fields].itertuples(index=False, name=None):
                cards[str(values[0])] = Evidence(*map(str, values))
    return cards


def evidence(evidence_id: str) -> Evidence:
    """The evidence card of one outside claim; raises NotFound for an unknown id.

    >>> evidence("socialinsider_2026_er").denominator
    '粉絲數'
    """
    if evidence_id not in _evidence():
        raise NotFound(f"沒有編號 {evidence_id} 的證據卡", next_step=_nearby(evidence_id))
    return _evidence()[evidence_id]


def _nearby(evidence_id: object) -> str:
    """The ids that look like the one asked for, or how to see them all."""
    asked, ids = str(evidence_id), list(_evidence())
    holding = [known for known in ids if asked and asked in known]
    near = list(dict.fromkeys([*holding, *difflib.get_close_matches(asked, ids, n=8)]))[:8]
    if near:
        return f"最接近的編號：{'、'.join(near)}"
    return '各張證據卡的編號在 xb.datasets.reference("tw_facts")、"effects"、"benchmarks" 等表的 id 欄'
