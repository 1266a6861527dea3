"""What a post, a comment and a follower day are: every column declared once.

Validation, the data dictionary, chart labels and spreadsheet headers are all made from ``TABLES``.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from pandas.api.types import pandas_dtype

from .errors import NotFound, TableError

TAIPEI = "Asia/Taipei"

PLATFORMS: dict[str, str] = {
    "facebook": "Facebook",
    "instagram": "Instagram",
    "threads": "Threads",
    "tiktok": "TikTok",
    "youtube": "YouTube",
    "line": "LINE",
    "linkedin": "LinkedIn",
    "x": "X",
    "dcard": "Dcard",
    "ptt": "PTT",
    "discord": "Discord",
    "other": "其他",
}

FORMATS: dict[str, str] = {
    "text": "純文字",
    "image": "圖片",
    "carousel": "輪播",
    "video": "影片",
    "short_video": "短影音",
    "story": "限時動態",
    "live": "直播",
    "link": "連結",
    "poll": "投票",
}

PILLARS: dict[str, str] = {
    "product": "產品",
    "lifestyle": "生活提案",
    "story": "幕後故事",
    "interact": "互動",
    "promo": "優惠",
}

EMOTIONS: dict[str, str] = {
    "joy": "開心",
    "calm": "平靜",
    "humor": "好笑",
    "awe": "驚嘆",
    "sadness": "難過",
    "anger": "生氣",
}

CTAS: dict[str, str] = {
    "none": "沒有",
    "ask": "提問",
    "tag": "標記朋友",
    "save": "請收藏",
    "link": "點連結",
}

TIME = f"datetime64[us, {TAIPEI}]"
DATE = "datetime64[us]"


@dataclass(frozen=True)
class Column:
    """One column: pandas dtype, 正體中文 label, unit and rules.

    rules: any of ``required`` (no missing value), ``unique``, ``nonnegative``, ``share`` (0–1).
    allowed: the closed list of values, if there is one.
    """

    name: str
    dtype: str
    label: str
    unit: str = ""
    rules: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Table:
    """A named set of columns; ``key`` identifies a row."""

    name: str
    label: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    def column(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise NotFound(
            f"「{self.label}」表沒有 {name} 這個欄位",
            next_step=f"可用的欄位：{'、'.join(c.name for c in self.columns)}",
        )


@dataclass(frozen=True)
class Problem:
    """One broken rule: which column, how many rows, and a sentence."""

    column: str
    rows: int
    message: str


def _text(name: str, label: str, *rules: str, note: str = "", allowed: tuple[str, ...] = ()) -> Column:
    return Column(name, "string", label, rules=rules, note=note, allowed=allowed)


def _count(name: str, label: str, unit: str = "次", note: str = "") -> Column:
    return Column(name, "Int64", label, unit, ("nonnegative",), note=note)


def _share(name: str, label: str, note: str = "") -> Column:
    return Column(name, "float64", label, "0–1", ("share",), note=note)


def _seconds(name: str, label: str) -> Column:
    return Column(name, "float64", label, "秒", ("nonnegative",))


_PLATFORM = _text("platform", "平台", "required", allowed=tuple(PLATFORMS))
_ACCOUNT = _text("account", "帳號")

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "posts",
            "貼文",
            (
                _text("post_id", "貼文編號", "required", "unique"),
                _PLATFORM,
                _ACCOUNT,
                Column("published_at", TIME, "發佈時間", "Asia/Taipei", ("required",)),
                _text("format", "格式", allowed=tuple(FORMATS)),
                _text("caption", "文案"),
                _text("hashtags", "主題標籤", note="以空白分隔，不含 #"),
                _seconds("duration_s", "影片長度"),
                Column("is_paid", "boolean", "付費推廣"),
                _count("views", "瀏覽次數"),
                _count("impressions", "曝光次數"),
                _count("reach", "觸及人數", "人"),
                _count("likes", "按讚數", note="Facebook 為心情數總和"),
                _count("comments", "留言數", "則"),
                _count("shares", "分享數"),
                _count("saves", "儲存數"),
                _count("clicks", "總點擊數"),
                _count("link_clicks", "連結點擊數"),
                _count("follows", "帶來的追蹤數", "人"),
                _seconds("watch_time_s", "總觀看時間"),
                _seconds("avg_watch_s", "平均觀看時間"),
                _count("followers_at_post", "發文時粉絲數", "人"),
                _text("metric_era", "指標定義版本", note="平台改過定義的指標，記下當時的版本"),
            ),
            ("platform", "post_id"),
        ),
        Table(
            "comments",
            "留言",
            (
                _text("comment_id", "留言編號", "required", "unique"),
                _text("post_id", "貼文編號", "required"),
                _PLATFORM,
                _text("author", "留言者（代號）"),
                Column("created_at", TIME, "留言時間", "Asia/Taipei", ("required",)),
                _text("text", "留言內容"),
                _count("likes", "按讚數"),
                _text("reply_to", "回覆對象"),
            ),
            ("platform", "comment_id"),
        ),
        Table(
            "account_days",
            "帳號每日",
            (
                _PLATFORM,
                _ACCOUNT,
                Column("date", DATE, "日期", "Asia/Taipei 的日", ("required",)),
                _count("views", "瀏覽次數"),
                _count("reach", "觸及人數", "人"),
                _count("impressions", "曝光次數"),
                _count("engagements", "互動數"),
                _count("visits", "主頁造訪數"),
                _count("link_clicks", "連結點擊數"),
                _count("followers", "粉絲數", "人"),
                _count("gained", "新增粉絲", "人"),
                _count("lost", "流失粉絲", "人"),
            ),
            ("platform", "account", "date"),
        ),
        Table(
            "audience",
            "受眾組成",
            (
                _PLATFORM,
                _ACCOUNT,
                Column("as_of", DATE, "資料日期"),
                _text("dimension", "分組方式", "required"),
                _text("group", "組別", "required"),
                Column("share", "float64", "占比", "0–1", ("share",)),
                _count("count", "人數", "人"),
            ),
            ("platform", "account", "as_of", "dimension", "group"),
        ),
        Table(
            "retention",
            "留存曲線",
            (
                _text("post_id", "貼文編號", "required"),
                Column("position", "float64", "影片位置", "0–1", ("required", "share")),
                _seconds("second", "秒數"),
                Column("share_watching", "float64", "仍在觀看的比例", "開始觀看者的倍數", ("nonnegative",)),
            ),
            ("post_id", "position"),
        ),
        Table(
            "sessions",
            "網站工作階段",
            (
                Column("date", DATE, "日期", "Asia/Taipei 的日", ("required",)),
                _text("source", "來源"),
                _text("medium", "媒介"),
                _text("campaign", "活動"),
                _text("page", "頁面"),
                _count("sessions", "工作階段"),
                _count("engaged_sessions", "互動工作階段"),
                _count("key_events", "重要事件"),
            ),
            ("date", "source", "medium", "campaign", "page"),
        ),
        Table(
            "plan",
            "發文企劃",
            (
                _text("post_id", "貼文編號", "required", "unique"),
                _PLATFORM,
                _ACCOUNT,
                Column("published_at", TIME, "預定發佈時間", "Asia/Taipei", ("required",)),
                _text("format", "格式", "required", allowed=tuple(FORMATS)),
                _text("pillar", "內容支柱", allowed=tuple(PILLARS)),
                _share("hook", "內容強度", note="發佈前的評分，0 最弱、1 最強"),
                _text("emotion", "主要情緒", allowed=tuple(EMOTIONS)),
                _text("cta", "行動呼籲", allowed=tuple(CTAS)),
                _count("negative_words", "文案裡的負面字數", "個"),
                _count("positive_words", "文案裡的正面字數", "個"),
                Column("price_line", "boolean", "談到價格"),
                Column("personality", "boolean", "有品牌個性"),
                Column("boost_ntd", "float64", "加強推廣費", "NT$", ("nonnegative",)),
                Column(
                    "trend_age_h",
                    "float64",
                    "借題時話題已過",
                    "小時",
                    ("nonnegative",),
                    note="沒有借題則空白",
                ),
                Column("hours", "float64", "製作工時", "小時", ("nonnegative",)),
                _share(
                    "propensity", "選到這個時段的機率", note="照當時的發文習慣，這則貼文落在這個時段的機率"
                ),
            ),
            ("platform", "post_id"),
        ),
        Table(
            "comment_labels",
            "留言標註",
            (
                _text("comment_id", "留言編號", "required", "unique"),
                _text("topic", "主題", "required"),
                _text("intent", "意圖", "required"),
                _text("stance", "立場", "required"),
                _text("arousal", "情緒強度", "required"),
                _text("target", "對象", "required"),
                Column("sarcasm", "boolean", "反諷"),
                _text("action", "該做的處理", "required"),
                _text("template", "句型編號", "required"),
                Column("held_out", "boolean", "保留作測試"),
            ),
            ("comment_id",),
        ),
        Table(
            "creators",
            "創作者",
            (
                _text("creator_id", "創作者編號", "required", "unique"),
                _PLATFORM,
                _count("followers", "粉絲數", "人"),
                _text("tier", "級距"),
                _share("fit", "和品牌的契合度"),
                Column("price_ntd", "float64", "單則報價", "NT$", ("nonnegative",)),
                _count("posts_seen", "看得到的貼文數", "則"),
                _count("engagements", "這些貼文的互動合計"),
                _count("likes", "這些貼文的按讚合計"),
                _count("comments", "這些貼文的留言合計", "則"),
                _share("duplicate_comments", "重複或近似重複的留言占比"),
                _share("top_commenters", "前 10 位留言者占比"),
                _share("early_comments", "發文 10 分鐘內的留言占比"),
                Column("growth_spike", "float64", "單日粉絲成長最大值", "占粉絲數", ("nonnegative",)),
            ),
            ("creator_id",),
        ),
        Table(
            "rivals",
            "競品每日",
            (
                Column("date", DATE, "日期", "Asia/Taipei 的日", ("required",)),
                _text("rival", "競品", "required"),
                _PLATFORM,
                _count("posts", "貼文數", "則"),
                _count("engagements", "互動數"),
                _count("followers", "粉絲數", "人"),
            ),
            ("date", "rival", "platform"),
        ),
        Table(
            "trials",
            "A/B 測試",
            (
                _text("trial", "測試", "required"),
                Column("date", DATE, "日期", "Asia/Taipei 的日", ("required",)),
                _text("arm", "組別", "required"),
                _count("exposed", "送達人數", "人"),
                _count("clicks", "點擊人數", "人"),
            ),
            ("trial", "date", "arm"),
        ),
        Table(
            "mentions",
            "聲量每小時",
            (
                Column("time", TIME, "時間", "Asia/Taipei", ("required",)),
                _PLATFORM,
                _count("mentions", "提及則數", "則"),
                _count("negative", "負面則數", "則"),
                _count("creators", "大帳號的提及則數", "則"),
            ),
            ("time", "platform"),
        ),
    )
}


def table(name: str) -> Table:
    """The declaration of one table.

    >>> table("posts").column("reach").label
    '觸及人數'
    """
    if name not in TABLES:
        raise NotFound(f"沒有「{name}」這張表", next_step=f"可用的表：{'、'.join(TABLES)}")
    return TABLES[name]


def conform(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a copy with exactly the declared columns, order and dtypes; absent columns become missing.

    Columns that the table does not declare are kept at the end, untouched.

    Raises TableError when a value cannot be stored in its column's dtype.

    >>> conform(pd.DataFrame({"post_id": ["1"], "reach": [5]}), "posts")["reach"].dtype
    Int64Dtype()
    """
    declared = table(name).columns
    columns = {c.name: _cast(frame, c) for c in declared}
    made = pd.DataFrame(columns, index=frame.index)
    extra = [c for c in frame.columns if c not in columns]
    return pd.concat([made, frame[extra]], axis=1) if extra else made


def declared(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """``conform`` without the columns that the table does not declare.

    >>> list(declared(pd.DataFrame({"post_id": ["1"], "mood": ["好"]}), "retention"))[0]
    'post_id'
    """
    return conform(frame, name)[[c.name for c in table(name).columns]]


def _cast(frame: pd.DataFrame, column: Column) -> pd.Series:
    if column.name not in frame:
        return pd.Series(index=frame.index, dtype=column.dtype)  # type: ignore[call-overload]
    return _as(frame[column.name], column)


def _as(values: pd.Series, column: Column) -> pd.Series:
    if values.dtype == pandas_dtype(column.dtype):
        return values
    try:
        if column.dtype.startswith("datetime64"):
            return _as_time(values, column.dtype)
        if column.dtype == "float64":
            return pd.to_numeric(values).astype("float64")
        return values.astype(column.dtype)  # type: ignore[call-overload]
    except (TypeError, ValueError) as error:
        raise TableError(
            f"「{column.label}」欄的值不能存成 {column.dtype}",
            where=f"欄位 {column.name}（{error}）",
            next_step="請檢查這一欄有沒有混入文字、沒有時區的時間，或小數的次數",
        ) from None


def _as_time(values: pd.Series, dtype: str) -> pd.Series:
    times = pd.to_datetime(values)
    if dtype == DATE:
        return (times.dt.tz_localize(None) if times.dt.tz is not None else times).astype(DATE)  # type: ignore[call-overload]
    if times.dt.tz is None and times.notna().any():
        raise ValueError("時間沒有時區")
    zoned = times if times.dt.tz is not None else pd.to_datetime(values, utc=True)
    return zoned.dt.tz_convert(TAIPEI).astype(dtype)  # type: ignore[call-overload]


def problems(frame: pd.DataFrame, name: str) -> list[Problem]:
    """The rules that a conformed frame breaks, one Problem a rule and column.

    >>> problems(conform(pd.DataFrame({"post_id": ["1", "1"]}), "posts"), "posts")[0].message
    '「貼文編號」有 1 列重複'
    """
    found = []
    for column in table(name).columns:
        for message, bad in _broken(frame[column.name], column):
            if bad:
                found.append(Problem(column.name, bad, f"「{column.label}」有 {bad} 列{message}"))
    return found


def _broken(values: pd.Series, column: Column) -> list[tuple[str, int]]:
    known = values.dropna()
    checks = []
    if "required" in column.rules:
        checks.append(("空白", int(values.isna().sum())))
    if "unique" in column.rules:
        checks.append(("重複", int(known.duplicated().sum())))
    if "nonnegative" in column.rules or "share" in column.rules:
        checks.append(("小於 0", int((known < 0).sum())))
    if "share" in column.rules:
        checks.append(("大於 1", int((known > 1).sum())))
    if column.allowed:
        checks.append(("不在允許的值裡", int((~known.isin(column.allowed)).sum())))
    return checks


def require(frame: pd.DataFrame, columns: list[str], name: str = "posts") -> None:
    """Raise TableError naming the columns a function needs and the frame lacks.

    >>> require(pd.DataFrame({"reach": [1]}), ["reach"])
    """
    missing = [c for c in columns if c not in frame]
    if missing:
        labels = "、".join(f"{c}（{table(name).column(c).label}）" for c in missing)
        raise TableError(
            f"這個計算缺少欄位 {labels}",
            where=f"「{table(name).label}」表現有 {len(frame.columns)} 欄",
            next_step="請用 xb.read_export() 或 xb.datasets 讀進來的表",
        )


def label(column: str, name: str = "posts") -> str:
    """正體中文 label of a column, with its unit.

    >>> label("reach")
    '觸及人數（人）'
    """
    declared = table(name).column(column)
    return f"{declared.label}（{declared.unit}）" if declared.unit else declared.label


_RULES = {"required": "不可空白", "unique": "不重複", "nonnegative": "≥ 0", "share": "0–1"}


def dictionary(name: str) -> pd.DataFrame:
    """The data dictionary of one table, a row a column.

    >>> dictionary("posts").loc["reach", "單位"]
    '人'
    """
    rows = [
        {
            "欄位": c.name,
            "名稱": c.label,
            "型別": c.dtype,
            "單位": c.unit,
            "規則": "、".join(_RULES[rule] for rule in c.rules),
            "說明": c.note or ("可用的值：" + "、".join(c.allowed) if c.allowed else ""),
        }
        for c in table(name).columns
    ]
    return pd.DataFrame(rows).set_index("欄位")
