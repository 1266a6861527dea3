"""Calendar files: headers to the letter, lines folded between characters, times in their zone, and the way back."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import xiaobian as xb
from xiaobian.errors import NotFound, ReadError, TableError
from xiaobian.planning.calendar import cells, events, tools
from xiaobian.planning.calendar.calendar import Calendar
from xiaobian.planning.calendar.export import TARGETS
from xiaobian.planning.calendar.planned import ZONE, PlannedPost
from xiaobian.planning.calendar.reading import read_calendar
from xiaobian.planning.moments.moments import moments
from xiaobian.reports import Event, write_ics, write_tool_csv

NASTY = [
    "=HYPERLINK(\"https://x.example\",\"點我\")", "+1 一起喝茶", "@佩蓁 看一下", "-50% 是真的", "逗號，,;分號；\\反斜線\\n不是換行",
    "第一行\n第二行\n\n第四行", "\"引號\"「引號」'單引號'", "👨‍👩‍👧‍👦🇹🇼中秋🌕" * 20, "全形　空白\t定位", "BEGIN:VEVENT\nEND:VCALENDAR",
    "'=前面真的有單引號", "é́合成字ㄅㄆㄇ゛", "x" * 2000,
]  # fmt: skip
HEADERS = {
    "buffer": "Text,Image URL,Tags,Posting Time",
    "google_calendar": "Subject,Start Date,Start Time,End Date,End Time,All Day Event,Description,Location,Private",
    "publer": 'Date - Intl. format or prompt,Text,Link(s) - Separated by comma for FB carousels,Media URL(s) - Separated by comma,'
              '"Title - For the video, pin, PDF ..",Label(s) - Separated by comma,Alt text(s) - Separated by ||,'
              'Comment(s) - Separated by ||,"Pin board, FB album, or Google category","Post subtype - I.e. story, reel, PDF ..",'
              'CTA - For Facebook links or Google,"Reminder - For stories, reels, shorts, and TikToks"',
}  # fmt: skip


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE)


def post(post_id: str = "p1", **fields) -> PlannedPost:
    words = {"platform": "facebook", "format": "image", "pillar": "product", "owner": "阿洛", "status": "approved",
             "publish_at": at(2026, 9, 1, 12, 5), "caption": "米穀戚風出爐", "hashtags": ["茶點", "米穀"],
             "media": ["https://cdn.example/a.jpg"], "alt_text": "一塊戚風"} | fields  # fmt: skip
    return PlannedPost(post_id, **words)


@pytest.fixture(scope="module")
def nasty() -> Calendar:
    """Posts with every field filled and texts that break careless writers."""
    posts = [
        post(f"id {n}／'{n}", caption=text, title=text[:30].replace("\n", " ").strip(), notes=text, first_comment=text, alt_text=text,
             publish_at=at(2026, 2, 13 + n, n % 24, 7 * n % 60, 3 * n % 60), not_before=at(2026, 1, 1), duration_s=28.5,
             not_after=at(2026, 12, 31, 23, 59, 59), link="https://yusui.example/?a=1&b=茶", platform=("facebook", "line")[n % 2],
             status=("draft", "approved", "scheduled")[n % 3], media=["https://cdn.example/a.jpg", "圖 檔/b.png"])
        for n, text in enumerate(NASTY)
    ]  # fmt: skip
    return Calendar(posts)


METRICOOL = [
    "Text", "Date", "Time", "Draft", "Facebook", "Twitter/X", "LinkedIn", "GBP", "Instagram", "Pinterest", "TikTok", "Youtube",
    "Threads", "Bluesky", *(f"Picture Url {n}" for n in range(1, 11)), *(f"Alt text picture {n}" for n in range(1, 11)),
    "Document title", "Shortener", "Video Thumbnail Url", "Video Cover Frame", "Twitter/X Can reply", "Twitter/X Type",
    "Twitter/X Poll Duration minutes", *(f"Twitter/X Poll Option {n}" for n in range(1, 5)), "Pinterest Board",
    "Pinterest Pin Title", "Pinterest Pin Link", "Pinterest Pin New Format", "Instagram Post Type", "Instagram Show Reel On Feed",
    "Youtube Video Title", "Youtube Video Type", "Youtube Video Privacy", "Youtube video for kids", "Youtube Video Category",
    "Youtube Video Tags", "Youtube playlist", "GBP Post Type", "Facebook Post Type", "Facebook Title", "First Comment Text",
    "TikTok Title", "TikTok disable comments", "TikTok disable duet", "TikTok disable stitch", "TikTok Post Privacy",
    "TikTok Branded Content", "TikTok Your Brand", "TikTok Auto Add Music", "TikTok Photo Cover Index", "TikTok musicId",
    "TikTok music title", "TikTok music author", "TikTok music previewUrl", "TikTok music thumbnailUrl", "TikTok music soundVolume",
    "TikTok music originalVolume", "TikTok music startMillis", "TikTok music endMillis", "TikTok is AI generated content",
    "LinkedIn Type", "LinkedIn Poll Question", *(f"LinkedIn Poll Option {n}" for n in range(1, 5)), "LinkedIn Poll Duration",
    "LinkedIn Show link preview", "LinkedIn Images as Carousel", "Threads Reply Control", "Threads Is Spoiler", "Threads Post Type",
]  # fmt: skip


def lines_of(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text(encoding="utf-8").splitlines(keepends=True)))


# ── iCalendar ──


@pytest.fixture(scope="module")
def ics(nasty, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("ics") / "plan.ics"
    nasty.export("ics", path, moments=moments(2026, "食品").moments, stamp=datetime(2026, 8, 1, tzinfo=UTC))
    return path


def unfolded(content: bytes) -> list[str]:
    """The content lines of RFC 5545, §3.1, by a reader of ten lines that shares no code with the writer."""
    assert content.endswith(b"\r\n") and b"\n" not in content.replace(b"\r\n", b"")
    found: list[bytes] = []
    for line in content[:-2].split(b"\r\n"):
        assert len(line) <= 75, "a line is longer than 75 octets"
        line.decode("utf-8"), "a line is cut inside a character"
        if line.startswith(b" "):
            found[-1] += line[1:]
        else:
            found.append(line)
    return [line.decode() for line in found]


def unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda m: {"n": "\n", "N": "\n"}.get(m[1], m[1]), text)


def test_lines_are_folded_at_75_octets_between_characters_and_keep_every_sign(ics, nasty):
    lines = unfolded(ics.read_bytes())
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-1] == "END:VCALENDAR"
    told = [unescaped(line.partition(":")[2]) for line in lines if line.startswith("DESCRIPTION:")]
    for one in nasty:
        assert any(one.caption.replace("\t", "\t") in text for text in told), one.caption[:20]
    assert lines.count("END:VCALENDAR") == 1, "a caption cannot end the calendar"


def test_components_nest_and_every_event_has_what_the_standard_asks(ics, nasty):
    stack, all_events = [], []
    for line in unfolded(ics.read_bytes()):
        name, _, value = line.partition(":")
        if name == "BEGIN":
            stack.append((value, {}))
        elif name == "END":
            kind, properties = stack.pop()
            assert kind == value
            if kind == "VEVENT":
                all_events.append(properties)
        else:
            key = name.partition(";")[0]
            assert re.fullmatch(r"[A-Z0-9-]+", key), line[:40]
            assert key not in stack[-1][1], f"{key} stands twice"
            stack[-1][1][key] = line
    assert not stack and len(all_events) > len(nasty)
    needed = {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "STATUS"}
    assert all(needed <= set(event) for event in all_events)
    assert len({event["UID"] for event in all_events}) == len(all_events)
    starts = [event["DTSTART"] for event in all_events]
    assert all(
        re.fullmatch(r"DTSTART(;TZID=Asia/Taipei:\d{8}T\d{6}|;VALUE=DATE:\d{8})", start) for start in starts
    )


def test_the_zone_is_taipei_without_daylight_saving(ics):
    lines = unfolded(ics.read_bytes())
    zone = lines[lines.index("BEGIN:VTIMEZONE") : lines.index("END:VTIMEZONE")]
    assert "TZID:Asia/Taipei" in zone and "TZOFFSETTO:+0800" in zone and "BEGIN:DAYLIGHT" not in zone


def test_an_event_keeps_its_id_and_counts_its_changes(tmp_path):
    plan = Calendar([post()])
    plan.export("ics", tmp_path / "1.ics")
    plan.move("p1", at(2026, 9, 3, 9))
    plan.export("ics", tmp_path / "2.ics")
    one, two = (unfolded((tmp_path / f"{n}.ics").read_bytes()) for n in "12")
    uid = next(line for line in one if line.startswith("UID:"))
    assert uid in two and "SEQUENCE:0" in one and "SEQUENCE:1" in two
    assert "DTSTART;TZID=Asia/Taipei:20260903T090000" in two


def test_a_moment_is_a_whole_day_that_ends_the_day_after(tmp_path):
    year = moments(2026)
    moon = [m for m in year.moments if m.id in {"mid_autumn", "peace_memorial"}]
    Calendar().export("ics", tmp_path / "m.ics", moments=moon)
    lines = unfolded((tmp_path / "m.ics").read_bytes())
    assert "DTSTART;VALUE=DATE:20260925" in lines and "DTEND;VALUE=DATE:20260926" in lines
    assert any("不做促銷" in line for line in lines)


def test_events_need_a_zone_and_keys_of_their_own(tmp_path):
    with pytest.raises(TableError, match="沒有時區"):
        write_ics([Event("a", datetime(2026, 9, 1, 12), "x")], tmp_path / "a.ics", name="x")
    with pytest.raises(TableError, match="編號相同"):
        write_ics(
            [Event("a", date(2026, 9, 1), "x"), Event("a", date(2026, 9, 2), "y")],
            tmp_path / "a.ics",
            name="x",
        )


def khal() -> str:
    found = shutil.which("khal")
    if found is None:
        if os.environ.get("KIT_REQUIRE_KHAL", "") not in ("", "0"):
            pytest.fail("khal is required (KIT_REQUIRE_KHAL=1) and is not on PATH")
        pytest.skip("khal is not installed")
    return found


def test_a_calendar_program_imports_the_file_and_lists_its_events(tmp_path):
    """khal reads the file with parsers that share no code with the kit's own environment."""
    program = khal()
    plan = Calendar(
        [
            post("a", title="中秋禮盒開賣" + "，很長的標題" * 10),
            post("b", publish_at=at(2026, 9, 1, 23, 45), title="晚安；茶,點"),
        ]
    )
    moon = [m for m in moments(2026).moments if m.id == "mid_autumn"]
    plan.export("ics", tmp_path / "plan.ics", moments=moon)
    (tmp_path / "store").mkdir()
    config = tmp_path / "khal.conf"
    config.write_text(
        f"[calendars]\n[[plan]]\npath = {tmp_path / 'store'}\n[locale]\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\n"
        "longdateformat = %Y-%m-%d\ndatetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
        f"local_timezone = Asia/Taipei\ndefault_timezone = Asia/Taipei\n[sqlite]\npath = {tmp_path / 'khal.db'}\n",
        encoding="utf-8",
    )
    env = {**os.environ, "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "HOME": str(tmp_path)}
    env.pop("PYTHONPATH", None)

    def run(*words: str) -> str:
        done = subprocess.run(
            [program, "-c", str(config), *words],
            capture_output=True,
            text=True,
            env=env,
            encoding="utf-8",
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("import", "--batch", "-a", "plan", str(tmp_path / "plan.ics"))
    form = ("--format", "{start-long}|{end-long}|{title}", "--day-format", "")
    listed = run("list", *form, "2026-09-01", "2026-09-26")
    assert "2026-09-01 12:05|2026-09-01 12:35|【Facebook・圖片】中秋禮盒開賣" in listed
    assert "2026-09-01 23:45|2026-09-02 00:15|【Facebook・圖片】晚安；茶,點" in listed
    assert "2026-09-25|2026-09-25|中秋節" in listed
    plan.move("a", at(2026, 9, 2, 8, 0))
    plan.export("ics", tmp_path / "plan.ics")
    run("import", "--batch", "-a", "plan", str(tmp_path / "plan.ics"))
    again = run("list", *form, "2026-09-01", "2026-09-26")
    assert "2026-09-02 08:00" in again and "2026-09-01 12:05" not in again, (
        "the same event moves, no second one appears"
    )


# ── tools ──


@pytest.mark.parametrize("target", sorted(HEADERS))
def test_headers_are_those_documented(target, tmp_path):
    Calendar([post()]).export(target, tmp_path / "f.csv")
    content = (tmp_path / "f.csv").read_bytes()
    assert content.split(b"\r\n")[0].decode() == HEADERS[target]
    assert not content.startswith(b"\xef\xbb\xbf"), "tools take UTF-8 without BOM"


def test_metricool_has_its_93_columns_in_order(tmp_path):
    Calendar([post(platform="instagram", format="carousel", media=["https://a.example/1.jpg", "https://a.example/2.jpg"],
                   alt_text="第一張\n第二張", first_comment="在這裡買")]).export("metricool", tmp_path / "f.csv")  # fmt: skip
    header, row = lines_of(tmp_path / "f.csv")
    assert len(header) == 93 and header == METRICOOL
    cell = dict(zip(header, row, strict=True))
    assert (cell["Date"], cell["Time"], cell["Draft"], cell["Instagram"], cell["Facebook"]) == (
        "2026-09-01", "12:05:00", "FALSE", "TRUE", "FALSE")  # fmt: skip
    assert cell["Instagram Post Type"] == "CAROUSEL" and cell["Picture Url 2"].endswith("2.jpg")
    assert (
        cell["Alt text picture 2"] == "第二張"
        and cell["First Comment Text"] == "在這裡買"
        and cell["Picture Url 3"] == ""
    )


def test_times_are_the_clock_of_taiwan_in_each_form(tmp_path):
    plan = Calendar([post(format="text", media=[], publish_at=datetime(2026, 8, 31, 16, 5, tzinfo=UTC))])
    expected = {"buffer": ("Posting Time", "2026-09-01 00:05"), "google_calendar": ("Start Time", "12:05 AM"),
                "publer": ("Date - Intl. format or prompt", "2026-09-01 00:05"), "metricool": ("Time", "00:05:00")}  # fmt: skip
    for target, (column, value) in expected.items():
        plan.export(target, tmp_path / "f.csv")
        header, row = lines_of(tmp_path / "f.csv")
        assert row[header.index(column)] == value, target
    plan.export("google_calendar", tmp_path / "f.csv")
    header, row = lines_of(tmp_path / "f.csv")
    assert row[1:6] == ["09/01/2026", "12:05 AM", "09/01/2026", "12:35 AM", "False"]


def test_hootsuite_has_no_header_and_says_it_is_unverified(tmp_path):
    done = Calendar([post(format="text", media=[], link="https://yusui.example")]).export(
        "hootsuite", tmp_path / "f.csv"
    )
    assert lines_of(tmp_path / "f.csv") == [
        ["2026/09/01 12:05", "米穀戚風出爐\n#茶點 #米穀", "https://yusui.example"]
    ]
    assert (
        tools.TOOLS["hootsuite"].unverified
        and "沒有在現行版本核對過" in repr(done)
        and "未核對" in TARGETS["hootsuite"]
    )


def test_a_text_that_begins_like_a_formula_is_published_as_it_is_and_listed(tmp_path):
    done = Calendar([post(format="text", media=[], caption="+1 一起喝茶")]).export(
        "buffer", tmp_path / "f.csv"
    )
    assert lines_of(tmp_path / "f.csv")[1][0].startswith("+1 一起喝茶")
    assert done.written.left and "不要用試算表打開" in done.say()


@pytest.mark.parametrize(
    ("target", "fields", "why"),
    [
        ("buffer", {"status": "draft"}, "草稿"),
        ("buffer", {"publish_at": None}, "還沒有發佈時間"),
        ("buffer", {"format": "short_video", "media": ["https://a.example/a.mp4"]}, "手動排"),
        ("buffer", {"media": ["https://a.example/a.jpg"] * 2}, "2 個素材"),
        ("buffer", {"media": ["https://a.example/a.webp"]}, "jpg"),
        ("buffer", {"media": ["圖檔/a.jpg"]}, "公開網址"),
        ("buffer", {"platform": "line"}, "不支援 LINE"),
        ("metricool", {"platform": "dcard", "format": "text", "media": []}, "不支援 Dcard"),
        ("metricool", {"format": "live"}, "直播"),
        ("metricool", {"media": ["https://a.example/a.jpg"] * 11}, "最多 10 個"),
        ("publer", {"caption": "一 || 二"}, "||"),
        ("publer", {"caption": "茶" * 10_001}, "10,000"),
        ("publer", {"media": ["https://a.example/a,b.jpg"]}, "逗號"),
        ("buffer", {"publish_at": at(2026, 9, 21, 12), "pillar": "promo"}, "國家防災日"),
        ("hootsuite", {}, "不能帶圖片"),
        ("hootsuite", {"format": "text", "media": [], "publish_at": at(2026, 9, 1, 12, 7)}, "5 分鐘"),
        ("ics", {"publish_at": None}, "沒有發佈時間"),
        ("google_calendar", {"publish_at": None}, "沒有發佈時間"),
    ],
)
def test_each_refused_post_is_explained(target, fields, why, tmp_path):
    done = Calendar([post(**fields)]).export(target, tmp_path / "f")
    assert done.written.rows == 0 and len(done.refused) == 1
    assert done.refused[0].where == "p1" and why in done.refused[0].why
    assert why in done.say() and done.table.shape == (1, 2)


def test_what_is_due_before_now_is_not_given_to_a_tool(tmp_path):
    plan = Calendar([post(format="text", media=[])])
    late = plan.export("buffer", tmp_path / "f.csv", now=at(2026, 9, 1, 12, 6))
    assert "已經過了" in late.refused[0].why
    assert plan.export("buffer", tmp_path / "f.csv", now=at(2026, 9, 1, 12, 4)).written.rows == 1
    assert "太近" in plan.export("hootsuite", tmp_path / "f.csv", now=at(2026, 9, 1, 12, 0)).refused[0].why


def test_a_tool_takes_one_platform_at_a_time_and_no_more_rows_than_it_reads(tmp_path):
    plan = Calendar([post(), post("p2", platform="threads", hashtags=["茶點"])])
    with pytest.raises(TableError, match='platform="facebook"'):
        plan.export("buffer", tmp_path / "f.csv")
    assert plan.export("buffer", tmp_path / "f.csv", platform="threads").written.rows == 1
    many = Calendar(
        [
            post(f"p{n}", caption=f"{n} 號烤盤出爐", publish_at=at(2026, 9, 1) + timedelta(hours=2 * n))
            for n in range(103)
        ]
    ).export("buffer", tmp_path / "f.csv")
    assert (
        many.written.rows == 100 and [r.why[:15] for r in many.refused] == ["Buffer 一個檔最多 100"[:15]] * 3
    )


def test_unknown_targets_and_platforms_list_the_known(tmp_path):
    with pytest.raises(NotFound, match="publer"):
        Calendar().export("later", tmp_path / "f.csv")
    with pytest.raises(NotFound, match="instagram"):
        Calendar().export("buffer", tmp_path / "f.csv", platform="IG")


def test_canva_gets_a_header_and_one_row_a_card(tmp_path):
    Calendar([post(caption="今晚開賣\n先到先選", title="")]).export("canva", tmp_path / "f.csv")
    assert lines_of(tmp_path / "f.csv") == [
        ["post_id", "platform", "headline", "body", "hashtags", "date"],
        ["p1", "Facebook", "今晚開賣", "先到先選", "#茶點 #米穀", "9/1"],
    ]


def test_a_tool_file_needs_even_rows(tmp_path):
    with pytest.raises(TableError, match="第 2 列"):
        write_tool_csv(["a", "b"], [["1", "2"], ["3"]], tmp_path / "f.csv")


# ── and back ──


@pytest.mark.parametrize("target", ["xlsx", "csv", "ics"])
def test_a_calendar_comes_back_whole(target, nasty, tmp_path):
    path = tmp_path / f"plan.{target}"
    nasty.export(target, path)
    back = read_calendar(path)
    assert back.refused == () and len(back.posts) == len(nasty)
    for old, new in zip(nasty.posts, sorted(back.posts, key=lambda p: p.publish_at), strict=True):
        assert old == new, [n for n in vars(old) if getattr(old, n) != getattr(new, n)]


def test_an_event_that_was_moved_in_another_program_moves_its_post(tmp_path):
    Calendar([post()]).export("ics", tmp_path / "a.ics")
    text = (tmp_path / "a.ics").read_bytes().decode()
    (tmp_path / "b.ics").write_bytes(
        text.replace("Asia/Taipei:20260901T120500", "Asia/Taipei:20260904T080000").encode()
    )
    back = read_calendar(tmp_path / "b.ics")
    assert back.posts[0].publish_at == at(2026, 9, 4, 8) and "改過的時間" in repr(back)
    assert back.posts[0].caption == "米穀戚風出爐"
    plan = back.calendar()
    plan.move("p1", at(2026, 9, 5, 8))
    assert (back.versions["p1"], plan.version("p1")) == (0, 1)


def written(tmp_path: Path, *lines: str, name: str = "a.csv") -> Path:
    path = tmp_path / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    return path


HEAD = "貼文編號,平台,格式,發佈時間(臺灣時間),文案"


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("a,Instagram,圖片,2026-02-31 12:00,x", "沒有 2 月 31 日"),
        ("a,Instagram,圖片,2026-13-01 12:00,x", "沒有 13 月"),
        ("a,Instagram,圖片,2026-09-01 25:00,x", "沒有 25:00"),
        ("a,Instagram,圖片,明天中午,x", "看得懂的時間"),
        ("a,Instagram,圖片,2026-09-01,x", "沒有寫幾點"),
        ("a,IG,圖片,2026-09-01 12:00,x", "沒有「IG」.*Instagram"),
        ("a,Instagram,Reels,2026-09-01 12:00,x", "沒有「Reels」.*短影音"),
        ("a,Instagram,圖片,2026-09-01 12:00,今天,有逗號", "引號"),
    ],
)
def test_a_bad_row_is_left_out_with_its_place_and_reason(cell, why, tmp_path):
    back = read_calendar(written(tmp_path, HEAD, "ok,LINE,純文字,2026/9/1 下午 3:05,早安", cell))
    assert [p.post_id for p in back.posts] == ["ok"] and back.posts[0].publish_at == at(2026, 9, 1, 15, 5)
    assert back.refused[0].where == "第 3 列" and re.search(why, back.refused[0].why)
    assert "第 3 列" in back.say()


def test_a_time_without_a_zone_is_refused_unless_something_says_where(tmp_path):
    path = written(tmp_path, "平台,格式,發佈時間", "LINE,純文字,2026-09-01 12:00")
    assert "臺灣時間" in read_calendar(path).refused[0].why
    assert read_calendar(path, zone="UTC").posts[0].publish_at == at(2026, 9, 1, 20)
    assert "沒有「Taipei」" in read_calendar(path, zone="Taipei").refused[0].why
    offset = written(
        tmp_path,
        "platform,format,publish_at",
        "line,text,2026-09-01T12:00:00+09:00",
        "line,text,2026-09-01T04:00Z",
    )
    assert [p.publish_at for p in read_calendar(offset).posts] == [at(2026, 9, 1, 11), at(2026, 9, 1, 12)]


def test_ids_that_repeat_are_refused_and_missing_ones_are_given(tmp_path):
    back = read_calendar(written(tmp_path, HEAD, "a,LINE,純文字,,x", "a,LINE,純文字,,y", ",LINE,純文字,,z"))
    assert [p.post_id for p in back.posts] == ["a", "row4"] and "前面已經用過" in back.refused[0].why


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("標題,日期", "x,2026-09-01"), "少了「平台」「格式」"),
        ((HEADERS["buffer"], "x,,,2026-09-01 12:00"), "Buffer 的匯入檔"),
        ((HEADERS["google_calendar"], "x"), "Google 日曆"),
        (("平台,平台,格式", "LINE,LINE,純文字"), "出現兩次"),
        ((" , ", "LINE,純文字"), "沒有資料"),
    ],
)
def test_a_table_with_other_columns_is_refused_with_what_to_do(lines, said, tmp_path):
    with pytest.raises(ReadError, match=said):
        read_calendar(written(tmp_path, *lines))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.ics", b"hello"),
        ("a.ics", b"\x00\xff" * 50),
        ("a.ics", b""),
        ("a.xlsx", b"PK\x03\x04nope"),
        ("a.csv", b""),
    ],
)
def test_what_is_no_calendar_is_refused(name, content, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ReadError):
        read_calendar(tmp_path / name)


def test_the_sheet_with_the_calendar_is_found_among_others(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["說明", "這份是九月的"])
    sheet = book.create_sheet("日曆")
    sheet.append(["平台", "格式", "發佈時間（臺灣時間）", "文案"])
    sheet.append(["LINE", "純文字", datetime(2026, 9, 1, 12, 5), "早安"])
    book.save(tmp_path / "a.xlsx")
    assert read_calendar(tmp_path / "a.xlsx").posts[0].publish_at == at(2026, 9, 1, 12, 5)


def test_a_missing_file_and_a_folder_are_told(tmp_path):
    for path in (tmp_path / "no.csv", tmp_path):
        with pytest.raises(ReadError):
            read_calendar(path)


def test_events_of_another_program_need_a_platform_and_a_zone(tmp_path):
    body = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260801T000000Z\r\n"
        "DTSTART:20260901T040000Z\r\nSUMMARY:新品上市\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\nDTSTAMP:20260801T000000Z\r\n"
        "DTSTART:20260901T120000\r\nSUMMARY:沒有時區\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:3\r\nDTSTAMP:20260801T000000Z\r\n"
        "DTSTART;VALUE=DATE:20260901\r\nSUMMARY:節日\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    (tmp_path / "g.ics").write_bytes(body.encode())
    assert [r.why[:10] for r in read_calendar(tmp_path / "g.ics").refused] == ["事件沒有寫是哪個平台"] * 2
    back = read_calendar(tmp_path / "g.ics", platform="facebook")
    assert back.posts[0].title == "新品上市" and back.posts[0].publish_at == at(2026, 9, 1, 12)
    assert "沒有時區" in back.refused[0].why and "整天的事件" in repr(back)


def test_a_broken_copy_of_a_post_in_an_event_is_told(tmp_path):
    Calendar([post()]).export("ics", tmp_path / "a.ics")
    text = (tmp_path / "a.ics").read_bytes().decode()
    (tmp_path / "a.ics").write_bytes(re.sub(r"X-XIAOBIAN-POST:.{8}", "X-XIAOBIAN-POST:", text).encode())
    assert "壞了" in read_calendar(tmp_path / "a.ics").refused[0].why


def test_ten_thousand_rows_are_read_and_written(tmp_path):
    rows = [f"p{n},LINE,純文字,2026-09-01 12:00,第 {n} 則" for n in range(10_000)]
    rows[4999] = "bad,LINE,純文字,2026-02-31 12:00,x"
    back = read_calendar(written(tmp_path, HEAD, *rows))
    assert len(back.posts) == 9_999 and back.refused[0].where == "第 5001 列"
    assert back.calendar().export("csv", tmp_path / "b.csv").written.rows == 9_999


def test_cells_read_what_people_write():
    taipei = "Asia/Taipei"
    for text in (
        "2026-09-01 00:05",
        "2026/9/1 上午 12:05",
        "2026年9月1日 0:05",
        "2026.9.1 12:05 AM",
        "2026-09-01T00:05:00.000",
    ):
        assert cells.time(text, "發佈時間", taipei) == at(2026, 9, 1, 0, 5), text
    with pytest.raises(cells.CellError, match="上下午"):
        cells.time("2026-09-01 下午 15:00", "發佈時間", taipei)
    with pytest.raises(cells.CellError, match="不是秒數"):
        cells.seconds("兩分鐘")
    row = cells.Row({"not_before": "2026-09-01", "not_after": "2026-09-30"})
    window = cells.fields_of(row)
    assert window["not_after"] - window["not_before"] == timedelta(days=29, hours=23, minutes=59, seconds=59)


def test_a_summary_is_short_and_a_description_whole():
    long = post(caption="一二三四五六七八九十" * 9, title="")
    assert len(events.summary(long)) < 60 and long.caption in events.description(long)


def test_the_public_face():
    assert xb.planning.read_calendar is read_calendar
