"""Stale claims: the planted ones are found, none that holds is called stale, and silence is not "still true"."""

from __future__ import annotations

import pandas as pd
import pytest

from xiaobian import datasets
from xiaobian.errors import NotFound, TableError
from xiaobian.plotting import review
from xiaobian.trends import claims
from xiaobian.trends.timeline import feature_timeline, stale

AS_OF = "2026-11-30"
SEEN = ["platform", "asserted", "claim"]


def planted(*sets: str) -> pd.DataFrame:
    file = datasets.path("trends/platform_claims.csv")
    table = pd.read_csv(file, dtype="string", keep_default_na=False)
    return table[table["set"].isin(sets)].reset_index(drop=True)


def one(claim: str, platform: str = "", asserted: str | None = None, as_of: str = AS_OF) -> pd.Series:
    said = pd.DataFrame({"claim": [claim], "platform": [platform], "asserted": [asserted]})
    return stale(said, as_of).table.iloc[0]


def test_the_planted_set_is_what_was_promised():
    table = planted("planted")
    assert table["expected"].value_counts().to_dict() == {"current": 20, "stale": 8}
    assert planted("planted", "outside", "held out")["id"].is_unique
    assert set(table["event"]) <= set(datasets.reference("feature_timeline")["id"])


def test_the_eight_planted_stale_claims_are_found_and_none_of_the_twenty_others_is_flagged():
    table = planted("planted")
    found = stale(table[SEEN], AS_OF)
    assert found.table["verdict"].tolist() == table["expected"].tolist()
    assert found.table["event"].tolist() == table["event"].tolist()
    assert len(found.overturned) == 8 and "8 句過期、20 句還成立" in found.say()


def test_each_overturned_claim_has_its_event_date_source_and_sentence():
    events = datasets.reference("feature_timeline").set_index("id")
    for row in stale(planted("planted")[SEEN], AS_OF).overturned.to_dict("records"):
        event = events.loc[row["event"]]
        assert row["changed"].startswith(event["earliest"]) and row["source"] == event["source"]
        assert all(part in row["sentence"] for part in (event["earliest"], event["now"], event["source"], "說的時候還對"))


def test_what_the_timeline_does_not_hold_is_not_known():
    found = stale(planted("outside")[SEEN], AS_OF).table
    assert set(found["verdict"]) == {"not known"} and len(found) == 8
    assert found["sentence"].str.contains("時間線").all()


def test_paraphrases_that_no_pattern_was_made_for_are_told_apart():
    table = planted("held out")
    found = stale(table[SEEN], AS_OF).table["verdict"]
    wrongly = (found == "stale") & (table["expected"] != "stale")
    assert not wrongly.any()
    assert (found == table["expected"]).mean() >= 0.85


def test_the_answers_of_the_planted_set_are_not_read():
    table = planted("planted")
    assert stale(table, AS_OF).table.equals(stale(table[SEEN], AS_OF).table)


def test_a_claim_dies_on_its_day():
    said = "Shorts 最長 60 秒"
    assert one(said, as_of="2024-10-14")["verdict"] == "current"
    assert one(said, as_of="2024-10-15")["verdict"] == "stale"
    assert one("Shorts 最長 3 分鐘", as_of="2024-10-14")["verdict"] == "not yet"
    assert one("Shorts 最長 3 分鐘", as_of="2024-10-15")["verdict"] == "current"


def test_within_an_uncertain_span_it_is_not_known():
    said = ("IG API 讀得到 impressions", "instagram", "2023-01-01")
    assert [one(*said, as_of=day)["verdict"] for day in ("2024-07-01", "2024-12-31", "2025-04-21")] == [
        "current", "not known", "stale",
    ]  # fmt: skip


def test_what_was_wrong_when_it_was_said_is_told_so():
    assert "說的時候就已經不對" in one("Shorts 最長 60 秒", asserted="2025-06-01")["sentence"]
    assert "說的時候" not in one("Shorts 最長 60 秒")["sentence"]


def test_a_change_without_a_date_is_stale_from_its_check_on_and_unknown_before():
    said = "用 Facebook Insights 看數據"
    now, before = one(said), one(said, as_of="2026-10-31")
    assert (now["verdict"], now["changed"], now["confidence"]) == ("stale", "", "L")
    assert "日期不明" in now["sentence"] and "再查證" in now["sentence"]
    assert before["verdict"] == "not known"


def test_a_timeline_grows_old_too():
    said = "Threads 沒有原生的 CSV 匯出"
    assert one(said)["verdict"] == "current"
    late = one(said, as_of="2027-08-01")
    assert late["verdict"] == "not known" and "太久" in late["sentence"]
    found = stale(pd.DataFrame({"claim": [said]}), "2027-08-01")
    assert found.notes and "太久" in repr(found)


def test_the_seed_points_are_judged():
    seed = datasets.reference("seed_claims")
    found = dict(zip(seed["id"], stale(seed[["claim"]], AS_OF).table["verdict"], strict=True))
    assert {name for name, verdict in found.items() if verdict == "stale"} == {"seed_ig_live", "seed_ig_ar", "seed_insights"}
    assert found["seed_nft"] == found["seed_algorithm"] == "not known"


@pytest.mark.parametrize(
    ("claim", "says"),
    [("Reels 拍 15 秒最多人看完", "unclear"), ("Reels 上限 3 分鐘", "now"), ("Reels 只能 90 秒以內", "before"), ("ＩＧ 的 Reels 最長九十秒", "before")],
)  # fmt: skip
def test_a_number_is_a_limit_only_when_it_is_said_to_be_one(claim, says):
    found = claims.match(claim, "instagram", {"reels_length": {"platform": "instagram"}})
    assert found is not None and found.says == says


def test_a_claim_of_another_platform_does_not_match():
    assert one("TikTok 直播可以賣東西", "tiktok")["verdict"] == "not known"
    assert one("直播可以賣東西")["verdict"] == "not known"


def test_every_event_has_words():
    assert set(claims.words()["events"]) == set(datasets.reference("feature_timeline")["id"])


def test_the_timeline_of_a_day():
    old = feature_timeline("2024-01-01", "youtube").table.set_index("id")
    assert old.loc["youtube_shorts_length", ["state", "then"]].tolist() == ["coming", "60 秒"]
    new = feature_timeline("2026-01-01", "youtube").table.set_index("id")
    assert new.loc["youtube_shorts_length", ["state", "then"]].tolist() == ["done", "180 秒"]
    whole = feature_timeline()
    assert whole.as_of.isoformat() == "2026-11-30" and len(whole.table) == len(datasets.reference("feature_timeline"))
    assert f"{len(whole.table)} 條" in whole.say()
    assert not review(whole.plot().axes[0])


def test_a_timeline_of_ones_own():
    mine = pd.DataFrame([{"id": "reels_length", "platform": "instagram", "feature": "Reels", "status": "changed", "before": "短", "now": "長", "earliest": "2026-01-05", "latest": "2026-01-05", "source": "我", "checked": "2026-02", "confidence": "M", "note": ""}])  # fmt: skip
    found = stale(pd.DataFrame({"claim": ["Reels 最長 90 秒", "Shorts 最長 60 秒"]}), timeline=mine).table
    assert found["verdict"].tolist() == ["stale", "not known"]


@pytest.mark.parametrize(
    ("claims_table", "as_of", "says"),
    [
        (pd.DataFrame({"text": ["a"]}), None, "claim 欄"),
        (pd.DataFrame({"claim": ["a", " "]}), None, "第 2 列"),
        (pd.DataFrame({"claim": ["a"], "platform": ["myspace"]}), None, "myspace"),
        (pd.DataFrame({"claim": ["a"], "asserted": ["昨天"]}), None, "昨天"),
        (pd.DataFrame({"claim": ["a"]}), "明天", "as_of"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(claims_table, as_of, says):
    with pytest.raises(TableError, match=says):
        stale(claims_table, as_of)


def test_a_platform_without_events_is_named():
    with pytest.raises(NotFound, match="instagram"):
        feature_timeline(platform="dcard")
