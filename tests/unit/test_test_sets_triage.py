"""The set that judges triage: sealed, its labels exist, and it stands in nothing it judges."""

import csv
import hashlib
import json
from collections import Counter
from pathlib import Path

from xiaobian.sandbox.words.templates import ACTIONS, INTENTS

DATA = Path(__file__).parents[1] / "data"
NAME = "triage_comments.tsv"


def rows() -> list[dict[str, str]]:
    with (DATA / NAME).open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_it_is_the_one_that_was_sealed():
    entry = json.loads((DATA / "MANIFEST.json").read_text(encoding="utf-8"))[NAME]
    assert hashlib.sha256((DATA / NAME).read_bytes()).hexdigest() == entry["sha256"]
    assert len(rows()) == entry["rows"] >= 120


def test_labels_exist_and_each_intent_is_there():
    found = Counter(row["intent"] for row in rows())
    assert set(found) == set(INTENTS) and min(found.values()) >= 5
    assert {row["action"] for row in rows()} <= set(ACTIONS) and {row["urgent"] for row in rows()} == {
        "0",
        "1",
    }
    assert all(
        row["urgent"] == "1" for row in rows() if row["intent"] in ("selfharm", "legal", "personal_data")
    )


def test_no_text_stands_twice():
    assert len({row["text"] for row in rows()}) == len(rows())
