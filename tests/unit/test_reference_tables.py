"""The reference tables: every fact has a source, a date and a confidence, and none contradicts another unsaid."""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from functools import cache
from statistics import NormalDist

import pandas as pd
import pytest

import xiaobian as xb
from xiaobian import datasets, tables
from xiaobian.errors import NotFound

DECLARED = datasets._yaml("reference/columns.yml")
NAMES = list(DECLARED["tables"])


@cache
def table(name: str) -> pd.DataFrame:
    return datasets.reference(name)


FACTS = [name for name in NAMES if name != "sources"]
CARDS = [n for n in NAMES if set(datasets.Evidence.__dataclass_fields__) <= set(table(n))]
VERIFICATION = {"verified", "unverified", "own simulation", "design", "general knowledge"}
SOURCE_NAMES = set(table("sources")["name"])


def rows(name: str) -> pd.DataFrame:
    return table(name).set_index("id")


def filled(name: str, column: str) -> pd.DataFrame:
    frame = table(name)
    return frame[frame[column].notna()] if column in frame else frame.iloc[:0]


def words(cell: object) -> list[str]:
    return str(cell).split() if pd.notna(cell) else []


def numbers(text: str) -> set[float]:
    plain = text.replace(",", "").replace("−", "-")
    return {float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", plain)}


def test_every_file_is_declared_and_every_declared_column_is_used():
    on_disk = {file.stem for file in datasets.path("reference").glob("*.csv")}
    assert on_disk == set(NAMES)
    assert set(DECLARED["columns"]) == {column for name in NAMES for column in table(name)}


@pytest.mark.parametrize("name", NAMES)
def test_columns_have_the_declared_dtype(name):
    frame = table(name)
    assert len(frame)
    for column in frame:
        assert str(frame[column].dtype) == DECLARED["columns"][column].get("dtype", "string"), column


def test_an_unknown_table_lists_the_names():
    with pytest.raises(NotFound, match=r"tw_fact .*tw_facts"):
        datasets.reference("tw_fact")


@pytest.mark.parametrize("name", [n for n in NAMES if n != "engagement_rates"])
def test_ids_are_unique(name):
    key = table(name)["key" if name == "sources" else "id"]
    assert key.is_unique and key.str.fullmatch(r"[a-zA-Z0-9_]+").all()


def test_a_rate_stands_once_for_a_card_platform_statistic_and_period():
    assert not table("engagement_rates").duplicated(["card", "platform", "statistic", "period"]).any()


@pytest.mark.parametrize("name", NAMES)
def test_confidence_is_one_of_three(name):
    assert table(name)["confidence"].isin(list(datasets.CONFIDENCE)).all()


@pytest.mark.parametrize("name", FACTS)
def test_every_source_is_in_the_list_of_sources(name):
    source = table(name)["source"]
    assert source.notna().all()
    assert not set(source) - SOURCE_NAMES


def test_sources_are_unique_and_all_of_them_are_used():
    assert table("sources")["name"].is_unique
    assert {s for name in FACTS for s in table(name)["source"]} == SOURCE_NAMES


@pytest.mark.parametrize("name", [n for n in FACTS if n != "benchmarks"])
def test_what_is_not_verified_says_so_and_is_trusted_least(name):
    frame = table(name)
    assert set(frame["verification"]) <= VERIFICATION
    unverified = frame[frame["verification"] == "unverified"]
    assert unverified["note"].str.contains("待查證", na=False).all()
    assert (unverified["confidence"] == "L").all()
    own = frame[frame["source"] == "本套件原型模擬"]
    assert (own["verification"] == "own simulation").all() and (own["confidence"] == "L").all()
    assert own["note"].str.contains("自行").all()
    design = frame[frame["source"] == "設計參數"]
    assert set(design["verification"]) <= {"design", "unverified"} and (design["confidence"] == "L").all()


@pytest.mark.parametrize("name", [n for n in FACTS if "checked" in table(n)])
def test_the_date_checked_is_a_month_not_in_the_future(name):
    checked = table(name)["checked"]
    assert checked.str.fullmatch(r"20\d\d-(0[1-9]|1[0-2])").all()
    assert (checked <= f"{date.today():%Y-%m}").all()


def test_conflicts_point_both_ways():
    pairs = {(row["id"], other) for name in FACTS for _, row in filled(name, "conflict_with").iterrows()
             for other in words(row["conflict_with"])}  # fmt: skip
    assert len(pairs) >= 20
    assert {(b, a) for a, b in pairs} == pairs


def test_cards_named_in_other_tables_exist():
    named = {card for name in ("seed_claims", "engagement_rates") for column in ("card", "cards")
             for _, row in filled(name, column).iterrows() for card in words(row[column])}  # fmt: skip
    assert len(named) >= 10
    assert named <= set(datasets._evidence())


@pytest.mark.parametrize("name", CARDS)
def test_each_row_of_an_evidence_table_is_shown_as_a_card(name):
    assert table(name)["id"].map(lambda i: isinstance(xb.evidence(i), datasets.Evidence)).all()
    for row in table(name).to_dict("records"):
        card = xb.evidence(row["id"])
        assert (card.claim, card.figure, card.source) == (row["claim"], row["figure"], row["source"])
        assert row["figure"] in repr(card)


def test_the_cards_are_the_rows_of_the_evidence_tables_and_no_id_is_used_twice():
    ids = [i for name in CARDS for i in table(name)["id"]]
    assert len(ids) == len(set(ids)) == len(datasets._evidence())


@pytest.mark.parametrize("name", [n for n in CARDS if "value" in table(n)])
def test_a_percentage_is_the_number_its_figure_prints(name):
    percent = table(name).query("unit == '%' and value.notna()")
    for row in percent.to_dict("records"):
        assert float(row["value"]) in numbers(row["figure"]), row["id"]


def test_an_effect_in_percent_is_the_number_its_figure_prints():
    effects = table("effects").query("unit == '%' and effect.notna()")
    for row in effects.to_dict("records"):
        assert abs(float(row["effect"])) in {abs(n) for n in numbers(row["figure"])}, row["id"]


@pytest.mark.parametrize(
    ("low", "high"),
    [("low", "high"), ("minimum", "limit"), ("penalty_low", "penalty_high"), ("volume_low", "volume_high"),
     ("extra_price_low", "extra_price_high")],
)  # fmt: skip
def test_lower_bounds_are_below_upper_bounds(low, high):
    holding = [table(n) for n in FACTS if {low, high} <= set(table(n))]
    both = pd.concat([f[[low, high]].dropna() for f in holding])
    assert len(both)
    assert (both[low] < both[high]).all()


def platform_figures(card_id: str) -> dict[str, set[float]]:
    parts = re.split("[、；]", datasets.evidence(card_id).figure)
    return {part.split()[0].lower(): {abs(n) for n in numbers(part.split(" ", 1)[1])} for part in parts}


def test_engagement_rates_equal_the_figures_of_their_benchmark_card():
    for row in table("engagement_rates").to_dict("records"):
        assert abs(float(row["value"])) in platform_figures(row["card"])[row["platform"]], row


def test_a_rate_has_the_denominator_of_its_card():
    for row in table("engagement_rates").to_dict("records"):
        assert row["denominator"] == datasets.evidence(row["card"]).denominator


def test_the_main_platforms_have_a_text_limit():
    specs = table("platform_specs")
    texts = specs[specs["field"].isin(["caption", "description", "api_text"]) & specs["limit"].notna()]
    main = {"facebook", "instagram", "threads", "tiktok", "youtube", "line", "linkedin", "x"}
    assert main <= set(texts["platform"]) and main <= set(tables.PLATFORMS)


def test_a_limit_is_a_number_with_a_known_unit_or_words():
    specs = table("platform_specs")
    assert (specs["limit"].notna() | specs["text"].notna()).all()
    assert (specs["limit"].dropna() > 0).all()
    assert set(specs["unit"]) <= {
        "characters", "characters_emoji_as_bytes", "x_weights", "bytes", "seconds", "minutes", "days",
        "megabytes", "rows", "count", "count_24h", "ratio", "characters_per_second",
    }  # fmt: skip
    assert set(specs["scope"]) == {"platform", "tool", "format"}


def test_a_limit_is_asked_for_by_platform_and_field():
    assert not table("platform_specs").duplicated(["platform", "field"]).any()


def test_the_columns_of_a_tool_are_in_order_without_gap_or_double():
    for tool, columns in table("scheduler_columns").groupby("tool"):
        assert columns["position"].tolist() == list(range(1, len(columns) + 1)), tool
        assert columns["column"].is_unique, tool


def test_the_columns_listed_are_as_many_as_the_tool_is_said_to_have():
    listed = table("scheduler_columns").groupby("tool").size()
    said = rows("platform_specs")["limit"]
    assert listed["metricool"] == said["metricool_columns"]
    assert listed["publer"] == said["publer_columns"]


def test_background_knowledge_is_never_upgraded():
    specs = table("platform_specs")
    weak = specs[specs["mark"].isin(["BG", "M"])]
    assert len(weak) > 10
    assert (weak["verification"] == "unverified").all() and (weak["confidence"] == "L").all()
    assert (specs.loc[specs["confidence"] == "H", "mark"].isin(["DOCS", "VH"])).all()


def test_the_weights_of_x_fit_its_chinese_limit():
    specs = rows("platform_specs")["limit"]
    assert specs["x_caption_cjk"] * 2 == specs["x_caption"]


def test_a_change_has_a_date_or_says_that_it_is_unknown():
    timeline = table("feature_timeline")
    assert set(timeline["status"]) <= {"introduced", "ended", "changed", "current", "absent"}
    form = r"20\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?"
    for column in ("earliest", "latest"):
        assert timeline[column].dropna().str.fullmatch(form).all()
    undated = timeline[timeline["earliest"].isna()]
    assert undated["note"].str.contains("日期不明").all() and undated["latest"].isna().all()
    dated = timeline.dropna(subset=["earliest"])
    assert (dated["earliest"] <= dated["latest"]).all()


def test_a_change_says_what_was_and_what_is():
    changed = table("feature_timeline").query("status in ('changed', 'ended')")
    assert changed["before"].notna().all() and changed["now"].notna().all()
    assert (changed["before"] != changed["now"]).all()


def test_the_stale_points_of_the_seed_are_in_the_timeline():
    ended = set(table("feature_timeline").query("status == 'ended'")["id"])
    assert {"instagram_live_shopping", "instagram_ar_third_party"} <= ended


def test_each_checked_claim_belongs_to_the_lesson_that_teaches_it():
    for row in table("seed_claims").to_dict("records"):
        assert row["seed_id"] in datasets.lesson(row["lesson"]).seed, row["id"]


TERMS = "小寒大寒立春雨水驚蟄春分清明穀雨立夏小滿芒種夏至小暑大暑立秋處暑白露秋分寒露霜降立冬小雪大雪冬至"
SOLAR_TERMS = {TERMS[i : i + 2] for i in range(0, len(TERMS), 2)}


def solar_date(rule: dict, year: int) -> date:
    """The date of a fixed or nth-weekday moment."""
    if rule["rule"] == "fixed":
        return date(year, rule["month"], rule["day"])
    days = [date(year, rule["month"], 1) + timedelta(n) for n in range(31)]
    same = [d for d in days if d.month == rule["month"] and d.isoweekday() == rule["weekday"]]
    nth = int(rule["nth"])
    return same[nth - 1 if nth > 0 else nth] + timedelta(int(rule["offset_days"]))


def test_every_moment_has_the_fields_of_its_rule():
    moments = table("tw_moments")
    assert len(moments) >= 40
    needed = {
        "fixed": ["month", "day"], "nth_weekday": ["month", "weekday", "nth"], "lunar": ["month", "day"],
        "solar_term": ["term"], "season": ["month", "day", "end_month", "end_day"],
        "lunar_season": ["month", "day", "end_month", "end_day"],
    }  # fmt: skip
    for row in moments.to_dict("records"):
        fields = needed[row["rule"]]
        assert all(pd.notna(row[field]) for field in fields), row["id"]
        if row["rule"] == "lunar":
            assert 1 <= row["month"] <= 12 and 1 <= row["day"] <= 30
        if row["rule"] == "season":
            date(2024, row["end_month"], row["end_day"])
        if row["rule"] in ("fixed", "nth_weekday"):
            assert solar_date(row, 2026).year == 2026
    assert set(moments["rule"]) == set(needed)
    assert set(moments["term"].dropna()) <= SOLAR_TERMS
    assert moments["lead_days"].between(1, 60).all()


def test_every_month_has_moments_and_the_sad_days_are_marked():
    moments = table("tw_moments")
    solar = moments[moments["rule"].isin(["fixed", "nth_weekday", "season"])]
    assert set(solar["month"]) == set(range(1, 13))
    sad = moments[moments["sensitive"]].set_index("id")
    assert {"peace_memorial", "qingming"} <= set(sad.index)
    assert (sad["industries"] == "不適合促銷").all()


@pytest.mark.parametrize(
    ("moment", "year", "day"),
    [("mother_day", 2026, "2026-05-10"), ("black_friday", 2025, "2025-11-28"), ("black_friday", 2024, "2024-11-29"),
     ("pride", 2025, "2025-10-25"), ("double_11", 2026, "2026-11-11")],
)  # fmt: skip
def test_weekday_rules_give_the_known_dates(moment, year, day):
    rule = rows("tw_moments").loc[moment].to_dict()
    assert solar_date(rule, year) == date.fromisoformat(day)


def test_the_eves_come_before_the_lunar_new_year_and_differ():
    lunar = rows("tw_moments")
    eves = lunar.loc[["little_new_year_eve", "new_year_eve_lunar", "lunar_new_year"]]
    assert eves["offset_days"].tolist() == [-2, -1, 0]
    assert eves["name"].is_unique and set(eves["month"]) == set(eves["day"]) == {1}


def test_the_families_of_image_repair():
    sizes = table("image_repair").groupby("family").size()
    assert sizes.to_dict() == {"denial": 2, "evasion": 4, "reduce": 6, "corrective": 1, "mortification": 1}


def test_levels_rise_and_answers_come_sooner():
    levels = table("severity_levels")
    assert levels["id"].tolist() == ["S1", "S2", "S3", "S4"]
    assert levels["first_reply_minutes"].is_monotonic_decreasing
    edges = levels["volume_high"].iloc[:-2].tolist()
    assert edges == levels["volume_low"].iloc[1:3].tolist()


def test_shares_that_must_add_up_to_one():
    assert math.isclose(table("scenario_mix")["share"].sum(), 1, abs_tol=1e-3)
    targets = rows("page_targets")["value"]
    assert math.isclose(
        sum(targets[f"uci_mix_{part}"] for part in ("comment", "like", "share")), 1, abs_tol=1e-9
    )


def test_no_phrase_is_both_risky_and_usually_allowed():
    phrases = table("ad_phrases")
    assert phrases["phrase"].is_unique and phrases["needs_lawyer"].all()
    assert table("ad_rules")["needs_lawyer"].all()
    assert set(phrases["pack"]) <= set(table("ad_rules")["pack"])


def fact(card_id: str) -> float:
    return float(rows("tw_facts").loc[card_id, "value"])


def effect(card_id: str) -> float:
    return float(rows("effects").loc[card_id, "effect"])


def test_the_share_of_online_fines_is_a_whole_number_of_cases():
    cases = fact("taipei_2023_fines")
    online = round(cases * fact("taipei_2023_online") / 100)
    assert round(100 * online / cases, 1) == fact("taipei_2023_online")
    social = sum(fact(f"taipei_2023_{p}") for p in ("facebook", "instagram", "youtube", "line", "tiktok"))
    assert social <= online <= cases


def test_the_population_behind_the_identities_is_that_of_taiwan():
    for year in (2024, 2025):
        identities = fact(f"datareportal_{year}_identities")
        people = identities / fact(f"datareportal_{year}_identities_share") * 100
        assert 23 <= people <= 24.1
    assert (
        abs(16.95 / fact("requote_2024_facebook_ad_reach") - 11.35 / fact("requote_2024_instagram_ad_reach"))
        < 1e-3
    )


def test_growth_and_decline_recompute():
    jump = fact("case_2025_peak") / fact("case_2025_baseline")
    assert f"{jump:.2f}" in datasets.evidence("case_2025_peak").note
    assert f"+{100 * (jump - 1):.0f}%" in datasets.evidence("case_2025_baseline").note
    trend = rows("trend_facts")["value"]
    assert (
        f"少 {100 * (1 - trend['nft_2024'] / trend['nft_2022_peak']):.0f}%"
        in rows("trend_facts").loc["nft_2022_peak", "note"]
    )


def test_the_share_of_viral_complaints_follows_from_the_counts():
    viral, complaints = 15_762, 472_995
    assert round(100 * viral / complaints, 1) == effect("herhausen_share")
    assert {viral, complaints} <= numbers(datasets.evidence("herhausen_share").figure)


def test_the_margin_the_survey_prints_is_wider_than_a_simple_random_sample():
    note = datasets.evidence("twnic_2025_internet").note
    simple = 100 * 1.96 * math.sqrt(0.25 / 2142)
    assert f"±{simple:.2f}" in note and simple < 2.99


@pytest.mark.parametrize(("card", "d"), [("scct_responsibility", 1.28), ("scct_match", 0.47)])
def test_a_correlation_in_units_of_d(card, d):
    r = abs(effect(card))
    assert round(2 * r / math.sqrt(1 - r**2), 2) == d
    assert f"{d}" in datasets.evidence(card).note


@pytest.mark.parametrize(
    ("card", "rate", "lift"),
    [
        ("ab_n_12_10", 0.012, 0.10),
        ("ab_n_3_10", 0.03, 0.10),
        ("ab_n_12_20", 0.012, 0.20),
        ("ab_n_3_20", 0.03, 0.20),
    ],
)
def test_sample_sizes_follow_from_the_formula(card, rate, lift):
    other = rate * (1 + lift)
    pooled = (rate + other) / 2
    spread = NormalDist().inv_cdf(0.975) * math.sqrt(2 * pooled * (1 - pooled))
    spread += NormalDist().inv_cdf(0.8) * math.sqrt(rate * (1 - rate) + other * (1 - other))
    n = (spread / (other - rate)) ** 2
    assert math.isclose(effect(card), n, rel_tol=0.005)
