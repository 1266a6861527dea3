"""A check table: test cases down, checks across; run here, exported for promptfoo."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import yaml

from ...analytics.result import Result
from ...errors import TableError
from ..checks import Check, Given

if TYPE_CHECKING:
    from ...plotting import Chart

_GIVEN = ("source", "platform", "others")


@dataclass(frozen=True, repr=False)
class Scores(Result):
    """What a check table found; table: a row a case and check: case, output, check, passed (None = not judged), detail."""

    table: pd.DataFrame

    @property
    def by_check(self) -> pd.DataFrame:
        """Share passed (0–1) and n, a row a check, the weakest first."""
        judged = self.table[self.table["passed"].notna()]
        groups = judged.assign(passed=judged["passed"].astype(float)).groupby("check", sort=False)["passed"]
        found = pd.DataFrame({"share": groups.mean(), "n": groups.size()})
        return found.sort_values("share", kind="stable").reset_index()

    @property
    def failed(self) -> pd.DataFrame:
        """Only what did not hold."""
        return self.table[self.table["passed"] == False].reset_index(drop=True)  # noqa: E712

    @property
    def outputs(self) -> list[str]:
        """What was checked, one text a case, in their order."""
        return [str(text) for text in self.table.drop_duplicates("case")["output"]]

    @property
    def passing(self) -> list[str]:
        """The texts that fail nothing."""
        bad = set(self.failed["case"])
        first = self.table.drop_duplicates("case")
        return [str(text) for text in first.loc[~first["case"].isin(bad), "output"]]

    def told(self) -> str:
        """How many cases pass everything, and which check fails most, without a full stop."""
        weakest = self.by_check.iloc[0] if len(self.by_check) else None
        worst = (
            "" if weakest is None or weakest["share"] == 1
            else f"；最常沒過的是「{weakest['check']}」（{weakest['n']} 次過了 {weakest['share']:.0%}）"
        )  # fmt: skip
        return f"{len(self.outputs)} 個案例，{len(self.passing)} 個每一項都過{worst}"

    def say(self) -> str:
        """How many cases pass everything, and which check fails most."""
        return f"{self.told()}。檢查只看得到寫得出規則的事，好不好還是人來看。"

    def plot(self) -> Chart:
        """A row a case, a column a check, ✓ or ✗ where they meet."""
        from .plot import sheet

        return sheet(self)


@dataclass(frozen=True)
class CheckTable:
    """Cases and the checks each output must pass.

    cases: each a mapping with ``id``, what the writer gets (for promptfoo's ``vars``), and maybe source, platform, others.
    """

    cases: Sequence[Mapping[str, Any]]
    checks: Sequence[Check]
    description: str = ""
    prompt: str = "{{input}}"

    def __post_init__(self) -> None:
        ids = [str(case.get("id", "")) for case in self.cases]
        if not ids or "" in ids or len(set(ids)) < len(ids):
            raise TableError(
                "每個案例要有自己的 id，而且至少一個", next_step='例如 {"id": "c1", "input": "……"}'
            )

    def run(self, write: Callable[[Mapping[str, Any]], str] | Mapping[str, str]) -> Scores:
        """Check what a writer makes of each case: a function of the case, or ready texts by id.

        >>> table = CheckTable([{"id": "c1", "input": "寫一句預購"}], [Check("contains", "預購")])
        >>> table.run({"c1": "中秋預購開跑"}).table["passed"].tolist()
        [True]
        """
        rows = []
        for case in self.cases:
            output = write(case) if callable(write) else write[str(case["id"])]
            given = Given(**{k: self._listed(k, case[k]) for k in _GIVEN if k in case})
            for row in (check.run(output, given) for check in self.checks):
                rows.append(
                    {"case": str(case["id"]), "output": output, "check": row.name, "passed": row.passed, "detail": row.detail}
                )  # fmt: skip
        return Scores(pd.DataFrame(rows).astype({"passed": "object"}))

    def promptfoo(self, providers: Sequence[str] = ("openai:chat:你選的模型",)) -> str:
        """The table as the text of a ``promptfooconfig.yaml``; needs Node and a key there, not here."""
        made = {
            "description": self.description,
            "prompts": [self.prompt],
            "providers": list(providers),
            "defaultTest": {"assert": [check.promptfoo() for check in self.checks]},
            "tests": [
                {"description": str(case["id"]), "vars": {k: v for k, v in case.items() if k != "id"}}
                for case in self.cases
            ],
        }
        return yaml.safe_dump(made, allow_unicode=True, sort_keys=False, width=1000)

    def write_promptfoo(self, file: str | Path, **options: Any) -> Path:
        """Write ``promptfoo()`` to a file and return its path."""
        target = Path(file)
        target.write_text(self.promptfoo(**options), encoding="utf-8", newline="\n")
        return target

    @staticmethod
    def _listed(name: str, value: Any) -> Any:
        if name == "platform":
            return str(value)
        return (value,) if isinstance(value, str) else tuple(map(str, value))
