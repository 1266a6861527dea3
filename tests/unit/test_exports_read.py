"""Files read back against the truth they were written from: order, language, quirk and damage change nothing."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from xiaobian import datasets, tables
from xiaobian.errors import ReadError
from xiaobian.exports import Built, Fit, headers, read, read_export
from xiaobian.exports.clock import Zone
from xiaobian.exports.sample_files import CELLS, FILES
from xiaobian.exports.samples import DESIGN, build, sample_posts

SEED = DESIGN["seed"][0]
TRUTH = build()["posts"]
FILE = {(file.platform, file.language): file for file in FILES}
IG = FILE["instagram", "en"].columns
FB = FILE["facebook", "en"].columns
METRICS = ("views", "reach", "likes", "comments", "shares", "saves", "follows", "clicks", "link_clicks")


def truth(platform: str) -> pd.DataFrame:
    return TRUTH[TRUTH["platform"] == platform].sort_values("post_id", ignore_index=True)


def rows_of(platform: str, language: str, columns: tuple[str, ...]) -> list[list[str]]:
    """Header and rows of the sample as text, before any damage."""
    cells = [CELLS[name] for name in columns]
    header = [english if language == "en" else chinese for english, chinese, _ in cells]
    posts = [post for post in sample_posts(SEED) if post.platform == platform]
    made = [[make(post, language) for *_, make in cells] for post in posts]
    return [header, *[["" if value is None else str(value) for value in row] for row in made]]


def save(
    path: Path, rows: list[list[str]], *, delimiter=",", end="\n", encoding="utf-8-sig", last=True, top=""
) -> Path:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    body = top + (text.getvalue() if last else text.getvalue().removesuffix(end))
    path.write_bytes(body.encode(encoding))
    return path


def assert_account(export, rows_in: int) -> None:
    """The invariant, and a table that keeps every declared rule."""
    assert export.report.rows_in == rows_in
    assert export.report.rows_out == len(export.posts)
    assert export.report.rows_in == export.report.rows_out + len(export.report.dropped)
    assert [(c.name, c.dtype) for c in tables.table("posts").columns] == [
        (name, str(dtype).replace("string[python]", "string")) for name, dtype in export.posts.dtypes.items()
    ]
    assert tables.problems(export.posts, "posts") == []


def assert_truth(export, platform: str, want: pd.DataFrame | None = None) -> None:
    found = export.posts.sort_values("post_id", ignore_index=True)
    pd.testing.assert_frame_equal(found, truth(platform) if want is None else want)


# -- the sample files as they lie in the kit -------------------------------------------------------------


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.platform}-{file.language}")
def test_the_sample_files_read_back_to_their_truth(file):
    export = read_export(datasets.path(file.path))
    assert export.platform == file.platform
    assert_truth(export, file.platform)
    assert_account(export, len(truth(file.platform)))
    assert export.report.language == {"en": "英文", "zh": "正體中文"}[file.language]
    assert export.report.unknown == []
    assert list(export.tables) == ["posts"] and export.tables["posts"] is export.posts


def test_conform_finds_nothing_left_to_do():
    posts = read_export(datasets.path(FILES[0].path)).posts
    pd.testing.assert_frame_equal(tables.conform(posts, "posts"), posts)


def test_reading_twice_gives_the_same_and_leaves_the_file_alone(tmp_path):
    path = save(tmp_path / "a.csv", rows_of("facebook", "en", FB))
    before = path.read_bytes()
    first, second = read_export(path), read_export(str(path))
    pd.testing.assert_frame_equal(first.posts, second.posts)
    pd.testing.assert_frame_equal(first.extra, second.extra)
    assert repr(first) == repr(second) and first._repr_html_() == second._repr_html_()
    assert path.read_bytes() == before


# -- properties over order, language and damage ----------------------------------------------------------


def _damage(rng: random.Random, rows: list[list[str]], path: Path) -> tuple[Path, int, int]:
    """Write the rows with random quirks; returns the file, rows below the header, rows to be reported."""
    header, body = rows[0], [list(row) for row in rows[1:]]
    dropped = 0
    if rng.random() < 0.4:
        header, body = [*header, "Mystery column"], [[*row, f"m{n}"] for n, row in enumerate(body)]
    order = list(range(len(header)))
    rng.shuffle(order)
    header, body = [header[i] for i in order], [[row[i] for i in order] for row in body]
    for i, name in enumerate(header):
        if name in ("Views", "Reach", "瀏覽次數", "觸及人數") and rng.random() < 0.5:
            for row in body:
                row[i] = (
                    f"{int(row[i]):,}" if row[i] else rng.choice(["-", "--", "N/A", "NAN", "undefined", ""])
                )
        if name in ("Description", "說明") and rng.random() < 0.3:
            for row in body:
                row[i] = "\t" + row[i] if row[i] else ""
    if rng.random() < 0.3:
        total = [""] * len(header)
        total[header.index("Post ID" if "Post ID" in header else "貼文編號")] = rng.choice(
            ["Total", "總計", "", " "]
        )
        total[0] = total[0] or " "
        body.insert(rng.randrange(len(body) + 1), total)
        dropped += 1
    if rng.random() < 0.3:
        body.insert(rng.randrange(len(body) + 1), ["備註：這一列不是貼文"])
        dropped += 1
    if rng.random() < 0.3:
        body.insert(0, [])
    top = rng.choice(["", "", "sep=,\n", "Content export\n\n"])
    delimiter = "," if top else rng.choice([",", ",", ";", "\t"])
    encoding = rng.choice(["utf-8-sig", "utf-8-sig", "utf-8", "utf-16"])
    save(path, [header, *body], delimiter=delimiter, end=rng.choice(["\n", "\r\n"]), encoding=encoding,
         last=rng.random() < 0.8, top=top)  # fmt: skip
    return path, sum(bool(row) for row in body), dropped


@pytest.mark.parametrize("case", range(48))
def test_values_equal_the_truth_whatever_happened_to_the_file(tmp_path, case):
    rng = random.Random(case)
    platform, language = rng.choice(["instagram", "facebook"]), rng.choice(["en", "zh"])
    columns = FILE[platform, language].columns
    path, rows_in, dropped = _damage(rng, rows_of(platform, language, columns), tmp_path / "export.csv")
    export = read_export(path)
    assert_truth(export, platform)
    assert_account(export, rows_in)
    assert len(export.report.dropped) == dropped
    if "Mystery column" in export.report.unknown:
        assert export.extra["Mystery column"].str.fullmatch(r"m\d+").all()
        assert list(export.extra.index) == list(export.posts["post_id"])


def test_big5_from_a_taiwanese_spreadsheet(tmp_path):
    rows = rows_of("instagram", "zh", FILE["instagram", "zh"].columns)
    caption = rows[0].index("說明")
    kept = [row for row in rows if row[caption].encode("cp950", "ignore").decode("cp950") == row[caption]]
    assert len(rows) - 20 < len(kept) < len(rows)
    export = read_export(save(tmp_path / "a.csv", kept, encoding="cp950"))
    want = truth("instagram")
    assert_truth(export, "instagram", want[want["post_id"].isin([r[0] for r in kept])].reset_index(drop=True))
    assert "CP950" in export.report.encoding


def test_a_few_broken_bytes_do_not_turn_utf8_into_big5(tmp_path):
    rows = rows_of("instagram", "en", IG)
    path = save(tmp_path / "a.csv", rows, encoding="utf-8")
    data = bytearray(path.read_bytes())
    caption = rows[1][rows[0].index("Description")]
    data[data.index(caption[:3].encode()) + 1] = 0x20
    path.write_bytes(data)
    export = read_export(path)
    assert export.report.encoding == "UTF-8"
    assert (export.posts["caption"].str.contains("\ufffd")).sum() == 1
    assert any("字元壞掉" in text for text in export.report.warnings)
    assert export.posts["views"].sum() == truth("instagram")["views"].sum()


# -- columns ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("filled_first", [True, False])
def test_of_two_views_columns_the_filled_one_is_taken_and_said(tmp_path, filled_first):
    pair = ("views", "empty_views") if filled_first else ("empty_views", "views")
    columns = tuple(c for c in FB if c not in ("views", "empty_views"))
    export = read_export(save(tmp_path / "a.csv", rows_of("facebook", "en", (*columns, *pair))))
    assert_truth(export, "facebook")
    taken = len(columns) + (1 if filled_first else 2)
    assert any("「Views」" in text and f"採用第 {taken} 欄" in text for text in export.report.repairs)
    reading = export.report.columns
    assert reading[reading["檔案欄名"] == "Views"]["讀成"].tolist() == (
        ["views", "extra"] if filled_first else ["extra", "views"]
    )


def test_two_views_columns_that_disagree_are_warned_about(tmp_path):
    columns = tuple("views" if c == "empty_views" else c for c in FB)
    rows = rows_of("facebook", "en", columns)
    second = len(rows[0]) - 1 - rows[0][::-1].index("Views")
    rows[3][second] = str(int(rows[3][second]) + 1)
    export = read_export(save(tmp_path / "a.csv", rows))
    assert any("值不同" in text and "第 4 列" in text for text in export.report.warnings)
    assert export.posts["views"].sum() == truth("facebook")["views"].sum()


def test_data_comment_is_not_a_comment_count(tmp_path):
    columns = FILE["facebook", "zh"].columns
    rows = rows_of("facebook", "zh", columns)
    for row in rows[1:]:
        row[rows[0].index("資料留言")] = "999"
    assert_truth(read_export(save(tmp_path / "a.csv", rows)), "facebook")
    without = rows_of("facebook", "zh", tuple(c for c in columns if c != "comments"))
    for row in without[1:]:
        row[without[0].index("資料留言")] = "999"
    export = read_export(save(tmp_path / "b.csv", without))
    assert export.posts["comments"].isna().all()
    assert (export.extra["資料留言"] == "999").all()


def test_blank_is_missing_and_zero_is_zero(tmp_path):
    rows = rows_of("instagram", "en", IG)
    saves, likes = rows[0].index("Saves"), rows[0].index("Likes")
    rows[1][saves], rows[2][saves], rows[3][likes] = "", "0", "abc"
    export = read_export(save(tmp_path / "a.csv", rows))
    assert export.posts["saves"].iloc[:2].tolist() == [pd.NA, 0]
    assert export.posts["likes"].isna().tolist()[2]
    assert any(
        "「Likes」有不是數字的值，例如 abc" in text and "第 4 列" in text for text in export.report.warnings
    )
    assert export.extra["Likes"].iloc[2] == "abc"


def test_a_count_with_a_fraction_or_a_minus_is_missing_and_loud(tmp_path):
    rows = rows_of("instagram", "en", IG)
    rows[1][rows[0].index("Views")], rows[2][rows[0].index("Reach")] = "1.234", "-5"
    export = read_export(save(tmp_path / "a.csv", rows))
    assert export.posts["views"].isna().iloc[0] and export.posts["reach"].isna().iloc[1]
    assert any(
        "「Views」是次數卻有小數（例如 1.234）" in text and "第 2 列" in text
        for text in export.report.warnings
    )
    assert any("「Reach」有小於 0" in text and "第 3 列" in text for text in export.report.warnings)


def test_column_map_reads_a_renamed_column_and_wins_over_the_alias(tmp_path):
    rows = rows_of("instagram", "en", IG)
    rows[0][rows[0].index("Publish time")] = "發文時間"
    path = save(tmp_path / "a.csv", rows)
    with pytest.raises(ReadError, match="讀不到「發佈時間」欄位") as caught:
        read_export(path)
    assert (
        "a.csv" in str(caught.value)
        and "column_map=" in str(caught.value)
        and "發文時間" in str(caught.value)
    )
    assert_truth(read_export(path, column_map={"發文時間": "published_at"}), "instagram")
    swapped = read_export(path, column_map={"發文時間": "published_at", "Likes": "saves", "Saves": "likes"})
    found = swapped.posts.sort_values("post_id", ignore_index=True)
    assert found["likes"].equals(truth("instagram")["saves"]) and found["saves"].equals(
        truth("instagram")["likes"]
    )


def test_column_map_to_a_column_that_does_not_exist_lists_the_valid_ones(tmp_path):
    path = save(tmp_path / "a.csv", rows_of("instagram", "en", IG))
    with pytest.raises(ReadError) as caught:
        read_export(path, column_map={"Likes": "like"})
    message = str(caught.value)
    assert "likes" in message and "followers_at_post" in message and "a.csv" in message
    assert "metric_era" not in message
    with pytest.raises(ReadError, match="不在檔案的欄名裡"):
        read_export(path, column_map={"Lkes": "likes"})


def test_formats_paid_status_and_unknown_words(tmp_path):
    rows = rows_of("facebook", "en", FB)
    kind, funded = rows[0].index("Post type"), rows[0].index("Funded content status")
    for n, (text, paid) in enumerate(
        [("Stories", "Boosted"), ("Albums", "Not boosted"), ("Hologram", "Maybe")], 1
    ):
        rows[n][kind], rows[n][funded] = text, paid
    export = read_export(save(tmp_path / "a.csv", rows))
    assert export.posts["format"].iloc[:3].tolist() == ["story", "carousel", pd.NA]
    assert export.posts["is_paid"].iloc[:4].tolist() == [True, False, pd.NA, pd.NA]
    assert any("Hologram" in text for text in export.report.warnings)
    assert any("Maybe" in text for text in export.report.warnings)


def test_captions_keep_what_people_wrote(tmp_path):
    rows = rows_of("facebook", "en", FB)
    title, body = rows[0].index("Title"), rows[0].index("Description")
    written = '=SUM(A1)\n「他說 "好"」, 對\n@[123:2048:嶼穗茶食] #米穀甜點 ＃冷泡茶 #1 a#b 🍵'
    rows[1][title], rows[1][body] = "短", written
    rows[2][title], rows[2][body] = written, "@[123456789012345:2048:嶼]"
    export = read_export(save(tmp_path / "a.csv", rows))
    want = written.replace("@[123:2048:嶼穗茶食]", "嶼穗茶食")
    assert export.posts["caption"].iloc[:2].tolist() == [want, want]
    assert export.posts["hashtags"].iloc[0] == "米穀甜點 冷泡茶"
    assert export.extra["Description"].iloc[0] == written


# -- definitions, platforms, warnings --------------------------------------------------------------------


def test_metric_era_says_which_definition_a_file_follows(tmp_path):
    rows = rows_of("facebook", "en", tuple(c for c in FB if c != "empty_views"))
    at = rows[0].index("Views")
    assert set(read_export(save(tmp_path / "v.csv", rows)).posts["metric_era"]) == {"views"}
    rows[0][at] = "Impressions"
    old = read_export(save(tmp_path / "i.csv", rows))
    assert set(old.posts["metric_era"]) == {"impressions"} and old.posts["views"].isna().all()
    assert old.posts["impressions"].sum() == truth("facebook")["views"].sum()
    for n, row in enumerate(rows):
        row.append("Views" if n == 0 else row[at] if n % 2 else "")
        row[at] = row[at] if n == 0 or n % 2 == 0 else ""
    mixed = read_export(save(tmp_path / "m.csv", rows))
    assert set(mixed.posts["metric_era"]) == {"views", "impressions"}
    assert "不能接成同一條時間序列" in mixed.report.metric_era
    assert any("metric_era" in text for text in mixed.report.warnings)


def test_platform_is_recognised_refused_or_asked_for(tmp_path):
    path = save(tmp_path / "a.csv", rows_of("instagram", "en", IG))
    assert read_export(path, platform="instagram").platform == "instagram"
    with pytest.raises(ReadError, match='你指定 platform="facebook"，但這個檔案是 Instagram 的匯出'):
        read_export(path, platform="facebook")
    with pytest.raises(ReadError, match=r"可用的平台：.*facebook.*instagram"):
        read_export(path, platform="myspace")
    bare = save(
        tmp_path / "bare.csv", rows_of("instagram", "en", ("post_id", "published", "views", "shares"))
    )
    with pytest.raises(ReadError, match="看不出是哪個平台"):
        read_export(bare)
    assert read_export(bare, platform="facebook").platform == "facebook"


def test_content_decides_when_the_headers_do_not(tmp_path):
    columns = ("post_id", "account_name", "published", "permalink", "views", "reach")
    for platform in ("instagram", "facebook"):
        for language in ("en", "zh"):
            path = save(tmp_path / "a.csv", rows_of(platform, language, columns))
            assert read_export(path).platform == platform


def test_other_interface_languages(tmp_path):
    rows = rows_of(
        "instagram", "en", ("post_id", "published", "permalink", "type", "views", "reach", "likes", "saves")
    )
    rows[0] = ["Identificação do post", "Horário de publicação", "Link permanente", "Tipo de post", "Visualizações",
               "Alcance", "Curtidas", "Salvamentos"]  # fmt: skip
    export = read_export(save(tmp_path / "pt.csv", rows))
    assert export.platform == "instagram" and export.report.language == "葡萄牙文（巴西）"
    assert export.posts["saves"].sum() == truth("instagram")["saves"].sum()
    assert export.report.unknown == ["Link permanente"]


def test_collab_and_boosted_posts_stay_and_are_named():
    export = read_export(datasets.path(FILE["instagram", "zh"].path))
    collab = [text for text in export.report.warnings if "共同發布" in text]
    boosted = [text for text in export.report.warnings if "2 倍以上" in text]
    own = export.posts["account"].mode()[0]
    lines = datasets.path(FILE["instagram", "zh"].path).read_text(encoding="utf-8-sig")
    cells = list(csv.reader(io.StringIO(lines, newline="")))
    row_of_collab = 1 + next(n for n, row in enumerate(cells) if n and row[2] != own)
    assert f"第 {row_of_collab} 列" in collab[0] and len(boosted) == 1
    assert (export.posts["account"] != own).sum() == 1


# -- time ------------------------------------------------------------------------------------------------


def test_time_zone_is_pacific_unless_said_and_checked_by_ids(tmp_path):
    path = save(tmp_path / "a.csv", rows_of("instagram", "en", IG))
    export = read_export(path)
    assert export.report.time_zone == "America/Los_Angeles" and export.report.zone.verdict == "agrees"
    wrong = read_export(path, timezone="UTC")
    shift = wrong.posts["published_at"] - export.posts["published_at"]
    assert set(shift.dt.total_seconds() / 3600) == {-8.0, -7.0}
    assert wrong.report.zone.verdict == "contradicts" and wrong.report.zone.chosen
    assert any("時區可能不對" in text and "UTC−7" in text for text in wrong.report.warnings)


def test_a_file_in_taipei_time_is_called_out_but_not_shifted(tmp_path):
    rows = rows_of("instagram", "en", IG)
    at = rows[0].index("Publish time")
    times = {post.post_id: post.published for post in sample_posts(SEED)}
    for row in rows[1:]:
        row[at] = times[row[0]].astimezone(ZoneInfo("Asia/Taipei")).strftime("%m/%d/%Y %H:%M")
    path = save(tmp_path / "a.csv", rows)
    export = read_export(path)
    assert export.report.zone.verdict == "contradicts" and export.report.time_zone == "America/Los_Angeles"
    assert any("Asia/Taipei" in text and "timezone=" in text for text in export.report.warnings)
    later = (
        export.posts.sort_values("post_id", ignore_index=True)["published_at"]
        - truth("instagram")["published_at"]
    )
    assert set(later.dt.total_seconds() / 3600) == {15.0, 16.0}
    right = read_export(path, timezone="Asia/Taipei")
    assert_truth(right, "instagram")
    assert right.report.zone.verdict == "agrees"


def test_facebook_ids_cannot_verify_a_zone():
    report = read_export(datasets.path(FILE["facebook", "en"].path)).report
    assert report.zone.verdict == "unknown" and "不含時間" in report.zone.sentence


def test_day_first_dates_are_refused_not_swapped(tmp_path):
    rows = rows_of("facebook", "en", FB)
    at = rows[0].index("Publish time")
    for row in rows[1:]:
        month, day, rest = row[at].split("/", 2)
        row[at] = f"{day}/{month}/{rest}"
    with pytest.raises(ReadError, match="日/月/年") as caught:
        read_export(save(tmp_path / "flipped.csv", rows))
    assert "flipped.csv" in str(caught.value)


# -- rows that repeat, break off or do not fit -----------------------------------------------------------


def _daily(days: int) -> list[list[str]]:
    """Every Facebook post three times, a day each, with its figures spread over the days."""
    rows = rows_of("facebook", "en", tuple(c for c in FB if c != "empty_views"))
    header, body = rows[0], []
    spread = [header.index(name) for name in ("Views", "Reactions", "Comments", "Shares", "Total clicks")]
    total = header.index("Reactions, Comments and Shares")
    for row in rows[1:]:
        for day in range(days):
            part = list(row)
            for i in spread:
                whole = int(row[i])
                part[i] = str(whole // days + (whole % days if day == 0 else 0))
            part[total] = str(sum(int(part[i]) for i in spread[1:4]))
            part[header.index("Date")] = f"03/{day + 1:02d}/2026"
            body.append(part)
    return [header, *body]


def test_daily_mode_is_summed_per_post_and_said(tmp_path):
    rows = _daily(3)
    export = read_export(save(tmp_path / "a.csv", rows))
    assert_account(export, len(rows) - 1)
    found, want = export.posts.sort_values("post_id", ignore_index=True), truth("facebook")
    for name in ("views", "likes", "comments", "shares", "clicks"):
        pd.testing.assert_series_equal(found[name], want[name])
    assert found["link_clicks"].isna().equals(want["link_clicks"].isna())
    assert found["reach"].isna().all() and found["avg_watch_s"].isna().all()
    assert found["caption"].equals(want["caption"]) and found["published_at"].equals(want["published_at"])
    assert any("每日" in text and "觸及人數" in text for text in export.report.warnings)
    assert set(export.report.dropped["原因"]) == {"每日列，數字併入同一則貼文"}
    assert len(export.extra) == len(rows) - 1


def test_one_day_of_daily_mode_keeps_its_reach(tmp_path):
    export = read_export(save(tmp_path / "a.csv", _daily(1)))
    assert_truth(export, "facebook")
    assert any("每日" in text for text in export.report.warnings)


def test_lifetime_and_days_in_one_file_are_refused(tmp_path):
    rows = _daily(2)
    rows[1][rows[0].index("Date")] = "Lifetime"
    with pytest.raises(ReadError, match="重複計算"):
        read_export(save(tmp_path / "a.csv", rows))


def test_repeated_posts_are_reported_not_added(tmp_path):
    rows = rows_of("instagram", "en", IG)
    export = read_export(save(tmp_path / "a.csv", [*rows, rows[5], rows[9]]))
    assert_truth(export, "instagram")
    assert_account(export, len(rows) + 1)
    assert export.report.dropped["列"].tolist() == [len(rows) + 1, len(rows) + 2]


def test_short_rows_that_fit_stay_and_those_that_do_not_are_reported(tmp_path):
    rows = rows_of("facebook", "en", tuple(c for c in FB if c != "empty_views"))
    text_post = next(n for n, row in enumerate(rows) if row[11] == "Text")
    rows[text_post] = rows[text_post][:-4]
    shifted = next(n for n, row in enumerate(rows) if row[11] == "Photos")
    del rows[shifted][rows[0].index("Views")]
    export = read_export(save(tmp_path / "a.csv", rows))
    assert_account(export, len(rows) - 1)
    assert export.report.dropped[["列", "原因"]].values.tolist() == [
        [shifted + 1, "這一列的格數不足，而且內容和欄名對不上"]
    ]
    want = truth("facebook")
    assert_truth(export, "facebook", want[want["post_id"] != rows[shifted][0]].reset_index(drop=True))


def test_long_rows_are_trimmed_when_empty_and_reported_when_not(tmp_path):
    rows = rows_of("instagram", "en", IG)
    rows[2] = [*rows[2], "", ""]
    rows[4] = [*rows[4][:5], "多出來的逗號", *rows[4][5:]]
    export = read_export(save(tmp_path / "a.csv", rows))
    assert_account(export, len(rows) - 1)
    assert export.report.dropped["列"].tolist() == [5]
    want = truth("instagram")
    assert_truth(export, "instagram", want[want["post_id"] != rows[4][0]].reset_index(drop=True))


@pytest.mark.parametrize("fast", [True, False])
def test_a_truncated_download_loses_its_last_row_aloud(tmp_path, fast):
    rows = rows_of("instagram", "en", IG)
    if not fast:
        rows[2] = [*rows[2], ""]
    path = save(tmp_path / "a.csv", rows)
    data = path.read_bytes()
    start = data.rindex(rows[-1][0].encode())
    for cut in (start + 5, data.index(b",17841", start) + 9, len(data) - 12):
        path.write_bytes(data[:cut])
        export = read_export(path)
        assert_account(export, len(rows) - 1)
        assert export.report.dropped["列"].tolist() == [len(rows)]
        assert export.report.dropped["行"].tolist() == [data[:start].count(b"\n") + 1]
        want = truth("instagram")
        assert_truth(export, "instagram", want[want["post_id"] != rows[-1][0]].reset_index(drop=True))


def test_a_cut_inside_a_character_drops_that_row(tmp_path):
    path = save(tmp_path / "a.csv", rows_of("instagram", "en", IG))
    data = path.read_bytes()
    at = data.rindex("｜".encode())
    path.write_bytes(data[: at + 1])
    export = read_export(path)
    assert len(export.report.dropped) == 1 and not any("字元壞掉" in text for text in export.report.warnings)


def test_ids_a_spreadsheet_has_ruined_are_flagged_and_nothing_is_merged(tmp_path):
    rows = rows_of("instagram", "en", IG)
    link = rows[0].index("Permalink")
    for row in rows[1:]:
        row[0] = f"{int(row[0]):.5E}"
    export = read_export(save(tmp_path / "a.csv", rows))
    assert_account(export, len(rows) - 1)
    assert export.report.rows_out == len(rows) - 1
    assert export.posts["post_id"].tolist() == [row[link] for row in rows[1:]]
    assert any("科學記號" in text for text in export.report.warnings)
    for row in rows[1:]:
        row[0] = f"{int(float(row[0])):d}"[:15] + "0000"
        row[link] = ""
    rounded = {row[0]: row for row in rows[1:]}
    export = read_export(save(tmp_path / "b.csv", [rows[0], *rounded.values()]))
    assert any("第 16 位以後幾乎都是 0" in text for text in export.report.warnings)


def test_odd_quotes_take_the_slow_road_to_the_same_truth(tmp_path):
    rows = rows_of("instagram", "en", tuple(c for c in IG if c != "account_name"))
    rows[0].append("Memo")
    for row in rows[1:]:
        row.append("plain")
    path = save(tmp_path / "a.csv", rows)
    fast = read_export(path)
    path.write_bytes(path.read_bytes().replace(b"plain", b'5" cake', 1))
    slow = read_export(path)
    assert slow.extra["Memo"].iloc[0] == '5" cake'
    pd.testing.assert_frame_equal(slow.posts, fast.posts)
    pd.testing.assert_frame_equal(slow.extra.drop(columns="Memo"), fast.extra.drop(columns="Memo"))


# -- the report ------------------------------------------------------------------------------------------


def test_the_report_can_be_read_by_a_person(tmp_path):
    rows = rows_of("facebook", "zh", FILE["facebook", "zh"].columns)
    rows[0][-1] = "<b>新欄位</b>"
    export = read_export(save(tmp_path / "我的檔案.csv", [*rows, ["總計", *[""] * (len(rows[0]) - 1)]]))
    report = export.report
    text, page = repr(report), report._repr_html_()
    for part in (
        "我的檔案.csv",
        "美國太平洋時間",
        "131 列 → 表 130 列",
        "總計列，不是貼文 1 列",
        "正體中文",
        "UTF-8",
    ):
        assert part in text and part in page
    assert (
        report.unknown == ["<b>新欄位</b>"]
        and "<b>新欄位</b>" not in page
        and "&lt;b&gt;新欄位&lt;/b&gt;" in page
    )
    assert list(report.table.columns) == ["類別", "項目", "內容"]
    assert set(report.table["類別"]) >= {"檔案", "欄位", "不在表裡", "提醒"}
    assert len(report.columns) == len(rows[0])
    assert report.columns["檔案欄名"].tolist() == rows[0]
    assert "130 則貼文" in repr(export) and "130 則貼文" in export._repr_html_()


def test_every_column_of_the_file_is_in_the_table_or_in_extra(tmp_path):
    for (platform, language), file in FILE.items():
        rows = rows_of(platform, language, file.columns)
        export = read_export(save(tmp_path / "a.csv", rows))
        listed = export.report.columns
        kept = set(export.extra.columns)
        for header, target in zip(listed["檔案欄名"], listed["讀成"], strict=True):
            assert target in export.posts.columns or header in {name.split(".")[0] for name in kept}
        links = export.extra["Permalink" if language == "en" else "永久連結"]
        want = dict(
            zip([r[0] for r in rows[1:]], [r[file.columns.index("permalink")] for r in rows[1:]], strict=True)
        )
        assert links.to_dict() == want


# -- what the next platform needs -----------------------------------------------------------------------


class _Toy:
    """A layout of another platform, as a plug-in would bring it."""

    key, platform, label, family, numeric = "toy", "tiktok", "玩具平台匯出", "toy", ("views",)

    def fit(self, matching, sample):
        return Fit(10 * len(matching.roles() & {"video_id", "views", "posted"}), ())

    def build(self, raw, matching, context):
        name = {cell.role: cell.name for cell in matching.cells if cell.role}
        context.notes.drop(raw.rows[raw.short], raw.lines[raw.short], "格數不足")
        frame = raw.frame[~raw.short]
        posts = pd.DataFrame({"post_id": frame[name["video_id"]], "views": frame[name["views"]]})
        return Built({"posts": posts}, frame[[]], {name["views"]: "views"}, set(), Zone("UTC", chosen=False))


def test_another_platform_plugs_in_without_touching_the_pipeline(tmp_path, monkeypatch):
    toy = headers.Aliases({h: (h.replace(" ", "_"), "en") for h in ("video id", "posted", "views")}, {})
    monkeypatch.setattr(read, "LAYOUTS", (*read.LAYOUTS, _Toy()))
    monkeypatch.setattr(read, "aliases", lambda family: toy if family == "toy" else headers.aliases(family))
    path = save(
        tmp_path / "toy.csv", [["Video ID", "Posted", "Views"], ["7", "March 1", "12"], ["8", "March 2", "3"]]
    )
    export = read_export(path)
    assert export.platform == "tiktok" and export.posts["views"].tolist() == [12, 3]
    assert export.report.layout == "玩具平台匯出" and export.report.rows_in == 2
    assert "貼文 2 列" in repr(export) and "TikTok" in export._repr_html_()
    assert read_export(datasets.path(FILES[0].path)).platform == "instagram"
    with pytest.raises(ReadError, match="TikTok"):
        read_export(path, platform="facebook")
