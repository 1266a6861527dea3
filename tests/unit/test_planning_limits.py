"""What stops a planned post: all planted faults found, no false alarm, limits counted as each platform counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from xiaobian import datasets
from xiaobian.planning.calendar.planned import PlannedPost
from xiaobian.planning.limits import Problem, problems, published_text
from xiaobian.tables import FORMATS, PLATFORMS

SETS = yaml.safe_load((Path(__file__).parent / "posts_planted.yml").read_text(encoding="utf-8"))


def _text(value: Any) -> Any:
    if isinstance(value, dict):
        return value["repeat"][0] * value["repeat"][1]
    return "".join(map(_text, value)) if isinstance(value, list) else value


def _post(row: dict[str, Any]) -> PlannedPost:
    kept = {k: v for k, v in row.items() if k not in {"field", "severity", "comment"}}
    for name in ("caption", "title"):
        kept[name] = _text(kept.get(name, ""))
    kept["hashtags"] = [_text(tag) for tag in kept.get("hashtags", ())]
    return PlannedPost(**kept)


def _found(via: Any = "", **fields: Any) -> list[Problem]:
    return problems(PlannedPost("p", fields.pop("platform", "facebook"), fields.pop("format", "text"), **fields), via)


def test_no_false_alarm_on_valid_posts():
    assert len(SETS["valid"]) >= 40
    assert {row["post_id"]: list(map(str, problems(_post(row)))) for row in SETS["valid"] if problems(_post(row))} == {}


@pytest.mark.parametrize("row", SETS["faulty"], ids=lambda row: row["post_id"])
def test_each_planted_fault_is_found_where_it_is_and_nothing_else(row):
    assert [(p.field, p.severity) for p in problems(_post(row))] == [(row["field"], row["severity"])]


def test_a_problem_says_what_limit_source_and_what_to_do():
    (found,) = _found(platform="x", caption="字" * 150)
    assert (found.actual, found.limit, found.unit) == (300, 280, "x_weights")
    assert "300 X 權重" in str(found) and "查核" in str(found) and "縮短文案" in found.fix


def test_a_link_of_any_length_counts_23_on_x():
    link = "https://yusui.example/" + "a" * 300
    assert not _found(platform="x", format="link", caption="字" * 128, link=link)
    assert _found(platform="x", format="link", caption="字" * 129, link=link)


def test_an_emoji_counts_its_bytes_on_threads():
    assert not _found(platform="threads", caption="字" * 496 + "🎉")
    assert _found(platform="threads", caption="字" * 497 + "🎉")[0].actual == 501


def test_limits_that_differ_are_both_named_and_a_way_of_posting_decides():
    film = {"platform": "tiktok", "format": "short_video", "media": ["a.mp4"]}
    (found,) = _found(caption="字" * 2100, **film)
    assert found.severity == "warning" and "2,000" in found.conflict and "4,000" in found.conflict
    assert _found("app", caption="字" * 2100, **film) == []
    assert _found("api", caption="字" * 2300, **film)[0].severity == "error"
    assert _found(caption="字" * 4001, **film)[0].severity == "error"


def test_a_reel_between_the_two_limits_is_doubted_not_refused():
    film = {"platform": "instagram", "format": "short_video", "media": ["a.mp4"], "caption": "焙茶"}
    assert [p.severity for p in _found(duration_s=400, **film)] == ["warning"]
    assert [p.severity for p in _found(duration_s=901, **film)] == ["error"]
    assert _found("api", duration_s=2, **film)[0].limit == 3


def test_line_bubbles_are_judged_one_by_one():
    assert _found(platform="line", caption="字" * 501)[0].severity == "warning"
    assert _found(platform="line", caption="字" * 5001)[0].severity == "error"
    assert "4 個泡泡" in _found(platform="line", caption="\n---\n".join("一二三四"))[0].what
    assert _found("api", platform="line", caption="字" * 501) == []


def test_hashtags_typed_and_listed_are_counted_once():
    post = PlannedPost("p", "instagram", "image", caption="#茶 #米", hashtags=("茶", "米", "糕"), media=("a.jpg",), alt_text="圖")
    assert published_text(post).count("#茶") == 1
    assert problems(post) == []


def test_a_topic_of_threads_has_at_most_50_signs_and_no_stop():
    assert "51 字元" in _found(platform="threads", caption="新品", hashtags=("穗" * 51,))[0].what
    assert "句點" in _found(platform="threads", caption="新品", hashtags=("v2.0",))[0].what


@pytest.mark.parametrize("caption", ["", "  \n", "\u200b\ufeff", "⠀"])
def test_what_nobody_can_see_is_empty(caption):
    assert [p.what for p in _found(caption=caption)] == ["沒有文案"]


def test_only_emoji_or_only_marks_say_nothing():
    for caption in ("🎉", "❤️❤️", "👨‍👩‍👧 🇹🇼", "!!!", "🎉…"):
        assert "只有表情符號" in _found(caption=caption)[0].what
    assert _found(caption="5 折") == []


def test_pictures_and_films_are_told_apart():
    assert "沒有影片檔" in _found(format="video", caption="焙茶", media=["a.jpg"])[0].what
    assert "有影片檔" in _found(format="image", caption="焙茶", media=["a.mp4"], alt_text="x")[0].what
    assert "放了 1 個素材" in _found(format="text", caption="焙茶", media=["https://cdn.example/a.jpg?v=1"])[0].what


def test_ratios_are_judged_where_the_size_is_known():
    post = PlannedPost("p", "instagram", "image", caption="新品", media=("a.jpg",), alt_text="圖")
    assert problems(post) == problems(post, sizes={"a.jpg": (1080, 1350)}) == []
    assert problems(post, sizes={"a.jpg": (1080, 1920)})[0].field == "aspect_ratio"
    wide = PlannedPost("p", "youtube", "short_video", caption="茶", title="茶", media=("a.mp4",))
    assert "不會被當成 Shorts" in problems(wide, sizes={"a.mp4": (1920, 1080)})[0].what


@pytest.mark.parametrize("link", ["yusui.example", "https://", "ftp://yusui.example", "https://yusui.example/a b", "http://[", "javascript:alert(1)"])
def test_what_is_no_address_is_refused(link):
    assert [p.field for p in _found(format="link", caption="新品", link=link)] == ["link"]


def test_every_platform_and_format_is_judged_without_a_crash():
    for platform in PLATFORMS:
        for name in FORMATS:
            for problem in problems(PlannedPost("p", platform, name, duration_s=0.0)):
                assert str(problem).endswith("。") and problem.fix


def test_the_rules_speak_in_known_words():
    rules = datasets.reference("platform_rules")
    assert set(rules["platform"]) <= set(PLATFORMS)
    formats = rules[rules["field"].isin(["formats", "format_aim"])]["text"].str.split().explode()
    assert set(formats) <= set(FORMATS)
    assert set(rules.loc[rules["field"].str.startswith("link"), "text"]) == {"clickable", "plain"}
