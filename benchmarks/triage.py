"""Are comments sorted as a careful moderator would: python benchmarks/triage.py

Sets: ``tests/data/triage_comments.tsv`` from row 47 (written by hand by somebody who had not seen the method; the first 46 rows
were read while tuning), and the sandbox's held-out templates, each told once. Besides ``triage()`` it prints the same
classifier without the rules, the commonest label, and the policy "hide whatever sounds negative"; and ``triage()`` on labels
dealt out again, which must fail. Macro-F1 over the labels that occur; urgent: should a person look within the hour.
In templates urgent means care, escalate, or a scam or personal data.

Last run, 30 November 2026: intent macro-F1, action macro-F1, action right, right where the method is sure, recall and
precision of urgent, urgent or left to a person, left to a person, criticism hidden:

| sealed set | F1 | F1 | right | sure | recall | precision | seen | to a person | hidden |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| triage() | 0.67 | 0.61 | 0.55 | 0.69 | 0.62 | 0.77 | 0.81 | 0.43 | 0.00 |
| classifier without rules | 0.64 | 0.48 | 0.50 | 0.50 | 0.62 | 0.62 | 0.62 | 0.00 | 0.03 |
| the commonest label | 0.03 | 0.07 | 0.35 | 0.35 | 0.00 | 0.00 | 0.00 | 0.00 | 0.00 |
| hide what sounds negative | 0.04 | 0.06 | 0.15 | 0.15 | 0.00 | 0.00 | 0.00 | 0.00 | 0.47 |
| triage(), labels dealt again | 0.09 | 0.10 | 0.24 | 0.22 | 0.14 | 0.18 | 0.43 | 0.43 | 0.06 |

| held-out templates | F1 | F1 | right | sure | recall | precision | seen | to a person | hidden |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| triage() | 0.70 | 0.74 | 0.70 | 0.76 | 0.90 | 1.00 | 1.00 | 0.34 | 0.00 |
| classifier without rules | 0.63 | 0.56 | 0.62 | 0.62 | 0.90 | 0.64 | 0.90 | 0.00 | 0.04 |
| the commonest label | 0.03 | 0.08 | 0.48 | 0.48 | 0.00 | 0.00 | 0.00 | 0.00 | 0.00 |
| hide what sounds negative | 0.04 | 0.08 | 0.28 | 0.28 | 0.00 | 0.00 | 0.00 | 0.00 | 0.39 |
| triage(), labels dealt again | 0.05 | 0.13 | 0.34 | 0.31 | 0.20 | 0.22 | 0.60 | 0.34 | 0.04 |

The sealed set was scored nine times while rules were widened from other texts; none of its rows after the 46th was read, and
the last widenings did not change its figures. 21 and 10 urgent comments are few: a 95 % interval of the recall .62 is .41 to .79.
The intents come from ``text.intent``, which learnt from the templates that are not held out.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score

from xiaobian.crisis.community.triaging import DEFAULT, triage
from xiaobian.sandbox.words.registers import tell
from xiaobian.sandbox.words.templates import templates
from xiaobian.text import intent, sentiment

READ = 46
SET = Path(__file__).parents[1] / "tests" / "data" / "triage_comments.tsv"
URGENT = ("care", "escalate")
URGENT_INTENTS = ("scam", "personal_data", "legal", "selfharm")


def sealed() -> pd.DataFrame:
    """text, intent, action, urgent: the judging part of the set written by hand."""
    frame = pd.read_csv(SET, sep="\t", quoting=3).iloc[READ:].reset_index(drop=True)
    return frame.astype({"urgent": bool})


def told(seed: int = 77) -> pd.DataFrame:
    """The same columns from the held-out templates."""
    rng = np.random.default_rng(seed)
    held = list(templates(held_out=True))
    frame = pd.DataFrame(
        {
            "text": tell(rng, held, ["facebook"] * len(held)),
            "intent": [t.intent for t in held],
            "action": [t.action for t in held],
        }
    )
    urgent = frame["action"].isin(URGENT) | frame["intent"].isin(URGENT_INTENTS)
    return frame.assign(urgent=urgent)


def methods(texts: pd.Series) -> dict[str, pd.DataFrame]:
    """Name → intent, action, urgent, glance of each method."""
    ours = triage(texts.tolist()).table
    bare = intent(texts)["label"]
    acts = bare.map(DEFAULT)
    bad = sentiment(texts)["label"].eq("negative")
    common = pd.DataFrame({"intent": "complaint", "action": "reply", "urgent": False}, index=texts.index)
    return {
        "triage()": ours[["intent", "action", "urgent"]].assign(glance=ours["queue"].eq("glance")),
        "classifier without rules": pd.DataFrame(
            {"intent": bare, "action": acts, "urgent": bare.isin(URGENT_INTENTS), "glance": False}
        ),
        "the commonest label": common.assign(glance=False),
        "hide what sounds negative": pd.DataFrame(
            {
                "intent": np.where(bad, "troll", "praise"),
                "action": np.where(bad, "hide", "like"),
                "urgent": False,
                "glance": False,
            },
            index=texts.index,
        ),
    }


def measured(gold: pd.DataFrame, given: pd.DataFrame) -> dict[str, float]:
    """Macro-F1 of intent and action, accuracy of action, recall and precision of urgent, what is left to a person."""
    caught = int((gold["urgent"] & given["urgent"]).sum())
    critics = gold["intent"].isin(["complaint", "wish", "question"])
    sure = ~given["glance"].astype(bool)
    return {
        "intent F1": f1_score(
            gold["intent"], given["intent"], average="macro", labels=sorted(set(gold["intent"]))
        ),
        "action F1": f1_score(
            gold["action"], given["action"], average="macro", labels=sorted(set(gold["action"]))
        ),
        "action right": float((gold["action"] == given["action"]).mean()),
        "right where sure": float((gold["action"] == given["action"])[sure].mean()),
        "urgent recall": caught / max(int(gold["urgent"].sum()), 1),
        "urgent precision": caught / max(int(given["urgent"].sum()), 1),
        "urgent or to a person": float((given["urgent"] | ~sure)[gold["urgent"]].mean()),
        "to a person": float(1 - sure.mean()),
        "critics hidden": float(given["action"].isin(["hide", "report"])[critics].mean()),
    }


def main() -> None:
    rng = np.random.default_rng(1)
    for name, gold in {"sealed set": sealed(), "held-out templates": told()}.items():
        given = methods(gold["text"])
        rows = {method: measured(gold, answer) for method, answer in given.items()}
        dealt = gold.sample(frac=1, random_state=int(rng.integers(1 << 30))).reset_index(drop=True)
        rows["triage(), labels dealt again"] = measured(dealt, given["triage()"])
        print(f"\n{name}: {len(gold)} comments, {int(gold['urgent'].sum())} urgent")
        print(pd.DataFrame(rows).T.round(3).to_string())


if __name__ == "__main__":
    main()
