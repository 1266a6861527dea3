"""Campaign tags: what is built reads back the same, what is planted is found once, what is clean stays silent."""

from __future__ import annotations

import pandas as pd
import pytest

from xiaobian.analytics import utm, utm_check, utm_values
from xiaobian.analytics.utm.channels import DIRECT, UNASSIGNED, channel_group, taxonomy
from xiaobian.errors import TableError
from xiaobian.plotting import review
from xiaobian.sandbox.world import World

GOOD = utm("https://yusui.example/sale", "line", "social", "2026-03_promo")


@pytest.mark.parametrize(
    "url", ["https://yusui.example", "https://yusui.example/a?b=1&c=%E8%8C%B6#top", "http://a.example/x/?q="]
)
@pytest.mark.parametrize("campaign", ["2026-03_promo", "a.b", "中秋禮盒", "50%折", "a&b茶"])
def test_what_is_built_reads_back_the_same(url, campaign):
    link = utm(url, "facebook", "social", campaign, "post_1", term="tea", id="c7", encode=True)
    assert utm_values(link) == {
        "utm_source": "facebook", "utm_medium": "social", "utm_campaign": campaign,
        "utm_content": "post_1", "utm_term": "tea", "utm_id": "c7",
    }  # fmt: skip
    assert link.isascii()
    assert ("b=1&c=%E8%8C%B6&" in link) == ("b=1" in url)
    assert link.endswith("#top") == url.endswith("#top")


def test_every_row_of_the_taxonomy_builds_a_clean_link():
    for row in taxonomy().itertuples():
        link = utm("https://yusui.example/", row.source, row.medium, "2026-03_tea")
        assert utm_check([link]).table.empty
        assert channel_group(row.source, row.medium) == row.channel


@pytest.mark.parametrize(
    ("values", "part"),
    [
        (("https://a.example", "Facebook", "social", "x"), "facebook"),
        (("https://a.example", "facebook", "social", "spring sale"), "spring_sale"),
        (("https://a.example", "facebook", "social", "中秋"), "encode=True"),
        (("https://a.example", "facebook", "", "x"), "不能空白"),
        (("https://a.example", "facebook", "post", "x"), "Unassigned"),
        (("a.example/x", "facebook", "social", "x"), "網址"),
        ((GOOD, "facebook", "social", "x"), "已經有"),
    ],
)
def test_what_would_split_a_campaign_is_not_built(values, part):
    with pytest.raises(TableError, match=part):
        utm(*values)


@pytest.mark.parametrize(
    ("query", "rule"),
    [
        ("utm_source=Line&utm_medium=social&utm_campaign=x", "capitals"),
        ("utm_source=line&utm_medium=social&utm_campaign=a%20b", "blank"),
        ("utm_source=line&utm_medium=social&utm_campaign=%E4%B8%AD", "not_ascii"),
        ("utm_source=line&utm_medium=social&utm_campaign=%25E4%25B8%25AD", "twice_encoded"),
        ("utm_source=line&utm_campaign=x", "missing"),
        ("utm_source=line&utm_medium=message&utm_campaign=x", "no_channel"),
        ("utm_source=facebook&utm_medium=email&utm_campaign=x", "wrong_channel"),
        ("utm_source=line&utm_medium=social&utm_campaign=x&utm_campaign=y", "double"),
        ("utm_source=line&utm_medium=social&utm_campaign=x&utm_conten=y", "unknown"),
        ("utm_source=line&utm_medium=social&utm_campaign=0912-345-678", "personal"),
    ],
)
def test_each_planted_fault_is_found_and_explained(query, rule):
    table = utm_check([f"https://yusui.example/?{query}"]).table
    assert table["rule"].tolist() == [rule]
    assert table["message"].str.endswith("。").all() and table["fix"].str.endswith("。").all()


def test_faults_of_the_whole_link():
    links = ["https://yusui.example/", "yusui.example/x", "https://yusui.example/#utm_source=line", None]
    assert utm_check(links).table["rule"].tolist() == ["untagged", "unreadable", "after_hash", "unreadable"]


def test_spellings_of_one_campaign_are_drawn_together_and_different_ones_are_not():
    base = "https://yusui.example/?utm_source=line&utm_medium=social&utm_campaign="
    split = utm_check(
        [base + v for v in ("spring_sale", "spring-sale", "springsale", "spring_sale_2", "autumn")]
    ).table
    assert split["rule"].tolist() == ["drift", "drift"]
    assert split["fix"].str.contains("spring_sale").all()


def test_tags_inside_ones_own_site_are_found_only_there():
    frame = pd.DataFrame(
        {
            "link": [GOOD] * 3,
            "placed_on": [
                "https://yusui.example/blog",
                "https://shop.yusui.example/",
                "https://notyusui.example/",
            ],
        }
    )
    found = utm_check(frame, site="yusui.example").table
    assert found["row"].tolist() == [0, 1] and set(found["rule"]) == {"internal"}


def test_a_report_is_checked_by_what_it_cost():
    table = pd.DataFrame(
        {
            "source": ["facebook", "Facebook", "line", "(direct)", "google", "yusui.example", "newsletter"],
            "medium": ["social", "social", "(not set)", "(none)", "organic", "referral", "email"],
            "campaign": ["a", "a", "b", "(direct)", "(organic)", "(referral)", "a"],
            "sessions": [10, 7, 5, 90, 80, 3, 4],
        }
    )
    result = utm_check(table, site="yusui.example")
    found = {(f.rule, f.sessions) for f in result.table.itertuples()}
    assert found == {("capitals", 7), ("drift", 7), ("missing", 5), ("internal", 3)}
    assert result.channels.set_index("channel")["sessions"].loc[DIRECT] == 90
    assert "15 個工作階段" in result.say()


def test_the_sandbox_tags_well():
    sessions = World(4, "drinks").history(8).sessions
    result = utm_check(sessions)
    assert result.ok and UNASSIGNED not in set(result.channels["channel"])


@pytest.mark.parametrize(
    ("source", "medium", "channel"),
    [
        ("facebook", "paid_social", "Paid Social"), ("facebook", "cpc", "Paid Social"), ("google", "cpc", "Paid Search"),
        ("l.facebook.com", "referral", "Organic Social"), ("line", "social", "Organic Social"), ("line", "oa", UNASSIGNED),
        ("youtube", "referral", "Organic Video"), ("partner.example", "referral", "Referral"), ("(direct)", "(none)", DIRECT),
    ],
)  # fmt: skip
def test_channels_follow_the_written_rules(source, medium, channel):
    assert channel_group(source, medium) == channel


@pytest.mark.parametrize("links", [[], pd.DataFrame({"x": [1]}), pd.DataFrame({"source": [], "medium": []})])
def test_nothing_to_check_is_refused(links):
    with pytest.raises(TableError):
        utm_check(links)


def test_the_words_and_the_picture():
    result = utm_check(["https://a.example/?utm_source=FB", GOOD])
    assert "1 個連結要改" in result.say() and not result.ok
    assert not [f for f in review(result.plot().axes[0]) if f.severity == "error"]
    assert "沒有找到" in utm_check([GOOD]).say()
    utm_check([GOOD]).plot()
