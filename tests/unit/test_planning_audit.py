"""The consistency audit: every planted contradiction found where it is, no false alarm on versions that only differ in words."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from xiaobian.errors import TableError
from xiaobian.planning.adapt.audit import audit
from xiaobian.planning.adapt.message import Message
from xiaobian.planning.adapt.versions import adapt

SETS = yaml.safe_load((Path(__file__).parent / "versions_planted.yml").read_text(encoding="utf-8"))


def _audit(row):
    asked = {"names": row.get("names", ()), "must_say": row.get("must", ()), "disclosure": row.get("disclosure", "")}
    return audit(row["versions"], row.get("message"), **asked)


@pytest.mark.parametrize("row", SETS["faulty"], ids=lambda row: row["id"])
def test_each_planted_contradiction_is_found_where_it_is(row):
    found = _audit(row).found
    assert {c.kind for c in found} == {row["kind"]}, found
    assert row["platform"] in {p for c in found for p in (c.platform, c.against)}
    assert all(c.what and c.fix for c in found)


def test_no_false_alarm_on_versions_that_only_differ_in_words():
    assert len(SETS["consistent"]) >= 20
    assert {row["id"]: [str(c) for c in _audit(row).found] for row in SETS["consistent"] if not _audit(row).ok} == {}


MESSAGE = Message(
    "中秋禮盒今天開賣🎉！我們把三種穀物放進同一盒。一盒 880 元，早鳥 9 折，到 8 月 31 日。限量 1,200 盒。含堅果與奶類。",
    must_say=("含堅果與奶類",), link="https://yusui.example/box", cta="訂購", hashtags=("中秋禮盒", "嶼穗茶食"), names=("中秋禮盒",),
    disclosure="本文為合作內容。", media=("a.jpg", "a.mp4"), alt_text="禮盒",
)  # fmt: skip
EVERY = ["facebook", "instagram", "threads", "tiktok", "youtube", "line", "linkedin", "x", "discord"]


def test_versions_made_by_the_rules_never_contradict_their_message():
    found = adapt(MESSAGE, EVERY, campaign="mid_autumn_2026").audit()
    assert found.ok, found
    assert found.facts.shape == (5 + 1, len(EVERY))
    assert (found.facts.loc["「含堅果與奶類」"] == "有").all()


def test_a_change_by_hand_is_found_with_its_sentence():
    made = adapt(MESSAGE, EVERY)
    texts = {v.platform: v.text for v in made}
    texts["threads"] = texts["threads"].replace("880", "808")
    (found,) = audit(texts, MESSAGE).found
    assert (found.platform, found.kind, found.said, found.expected) == ("threads", "price", "808 元", "880 元")
    assert "808" in found.place
    table = audit(texts, MESSAGE).facts
    assert table.loc["880 元", "Threads"] == "不一樣" and table.loc["9 折", "Threads"] == "有"


def test_too_few_versions_are_refused():
    with pytest.raises(TableError, match="至少要兩個版本"):
        audit({"facebook": "早安"})
