"""The detector: planted crises are found in time, good news is left alone, real-life tables are read or refused with a reason."""

import numpy as np
import pandas as pd
import pytest

import xiaobian as xb
from xiaobian.analytics.detect.detect import ONLY_VOLUME, detect
from xiaobian.errors import AnswerError, TableError
from xiaobian.sandbox.alarm_score import score_alarms
from xiaobian.sandbox.mentions import mention_stream

HOUR = pd.Timedelta(hours=1)


@pytest.fixture(scope="module")
def stream():
    return mention_stream(41, 12, days=28, crises=2)


@pytest.fixture(scope="module")
def found(stream):
    return detect(stream[0])


def flat(rate, days=21, share=0.1, seed=1, clock=True):
    """Hours of a page with a daily rhythm and nothing else."""
    rng = np.random.default_rng(seed)
    times = pd.date_range("2026-08-03", periods=24 * days, freq="h", tz="Asia/Taipei")
    rhythm = 1 + 0.8 * np.sin((times.hour.to_numpy() - 9) / 24 * 2 * np.pi) * clock
    n = rng.poisson(rate * rhythm)
    return pd.DataFrame({"time": times, "mentions": n, "negative": rng.binomial(n, share)})


def test_planted_crises_are_found_within_hours(stream, found):
    score = score_alarms(found.alarms, stream[1], len(stream[0]))
    assert score.found == score.planted == 2 and score.false == 0 and score.delay <= 4
    assert found.events["share"].gt(found.events["usual_share"]).all()
    assert "有 2 次像危機的事件" in found.say()


def test_each_hour_sees_only_the_past(stream, found):
    """Alarms and chances up to an hour are the same when the table ends there."""
    for end in (333, 500):
        part = detect(stream[0].iloc[:end])
        np.testing.assert_allclose(part.table["probability"], found.table["probability"][:end])
        assert list(part.table["alarm"]) == list(found.table["alarm"][:end])


def test_shuffled_labels_show_nothing(stream):
    hours = stream[0]
    share = hours["negative"].sum() / hours["mentions"].sum()
    mixed = hours.assign(negative=np.random.default_rng(1).binomial(hours["mentions"], share))
    score = score_alarms(detect(mixed).alarms, stream[1], len(hours))
    assert score.found == 0 and score.false <= 1


@pytest.mark.parametrize("rate", [0.5, 12, 10_000])
def test_ordinary_weeks_are_quiet_at_any_size(rate):
    assert detect(flat(rate)).events.empty


def test_a_sudden_tenfold_of_good_posts_is_no_crisis():
    hours = flat(12)
    hours.loc[300:306, "mentions"] *= 10
    hours.loc[300:306, "negative"] *= 10
    found = detect(hours)
    assert found.events.empty and found.table["buzz"][302:306].min() > 0.9


def test_the_same_volume_of_bad_posts_is_one():
    hours = flat(12)
    hours.loc[300:306, "negative"] += 5 * hours.loc[300:306, "mentions"]
    hours.loc[300:306, "mentions"] *= 6
    found = detect(hours)
    assert len(found.events) == 1 and (found.alarms[0] - hours["time"][300]) <= 2 * HOUR


def test_a_sparse_page_needs_several_negatives():
    hours = flat(0.5, days=28, clock=False)
    quiet = hours.copy()
    hours.loc[500:512, "mentions"] += 3
    hours.loc[500:512, "negative"] += 2
    assert detect(quiet).events.empty and len(detect(hours).events) == 1


def test_a_new_usual_is_learnt():
    hours = pd.concat([flat(10, 14), flat(40, 21, seed=2).assign(time=lambda t: t["time"] + 14 * 24 * HOUR)])
    table = detect(hours, threshold=0.9).table
    assert table["usual"].iloc[-24:].mean() == pytest.approx(40, rel=0.25) and not table["alarm"].any()


def test_moods_that_last_are_learnt():
    """Where the share wanders for hours at a time, an hour says less, and fewer alarms are false."""
    from xiaobian.analytics.detect.usual import Usual

    rng = np.random.default_rng(8)
    shaky, lasting = Usual(), Usual()
    for block in range(60):
        mood = rng.choice([0.05, 0.25])
        for hour in range(6):
            for usual, share in ((shaky, rng.choice([0.05, 0.25])), (lasting, mood)):
                usual.fade()
                usual.learn((6 * block + hour) % 24, False, 60, 60, float(rng.binomial(60, share)), 1.0)
    assert lasting.concentration < 0.6 * shaky.concentration


def test_the_first_day_is_for_learning():
    hours = flat(30, days=1)
    hours["negative"] = hours["mentions"]
    found = detect(hours)
    assert found.events.empty and any("只學" in note for note in found.notes)


def test_gaps_are_unknown_and_not_zero(stream):
    holes = stream[0].drop(index=range(100, 130))
    found = detect(holes)
    assert any("30 小時沒有資料" in note for note in found.notes)
    assert len(found.table) == len(stream[0]) and found.table["mentions"][100:130].isna().all()
    assert score_alarms(found.alarms, stream[1], len(stream[0])).found == 2


def test_zones_are_turned_into_taipei_time(stream, found):
    hours = stream[0].iloc[:300]
    utc = detect(hours.assign(time=hours["time"].dt.tz_convert("UTC")))
    naive = detect(hours.assign(time=hours["time"].dt.tz_localize(None).astype(str)))
    for other in (utc, naive):
        assert other.table["time"].astype(str).equals(found.table["time"][:300].astype(str))
    assert any("臺北時間" in note for note in naive.notes) and any("換算" in note for note in utc.notes)


def test_without_labels_it_says_what_it_can_claim(stream):
    found = detect(stream[0][["time", "mentions"]])
    assert found.notes[0] == ONLY_VOLUME and "比平常多人談" in found.say() and "危機" not in found.say()
    assert score_alarms(found.alarms, stream[1], len(stream[0])).found == 2


def test_platforms_and_quarter_hours_are_added_up(stream, found):
    hours = stream[0].iloc[:200]
    half = hours["mentions"] // 2
    two = pd.concat(
        [
            hours.assign(mentions=half, negative=0, platform="threads"),
            hours.assign(mentions=hours["mentions"] - half, negative=0, time=hours["time"] + HOUR / 4),
        ]
    )
    summed = detect(two)
    assert summed.table["mentions"].equals(found.table["mentions"][:200].astype(float))
    assert any("加總成 200" in note for note in summed.notes)


def comments(days=10, seed=3):
    """Comments of a page whose last evening goes wrong."""
    rng = np.random.default_rng(seed)
    start = pd.Timestamp("2026-08-03", tz="Asia/Taipei")
    calm = pd.DataFrame(
        {"at": rng.uniform(0, 24 * days, 8 * 24 * days), "bad": rng.random(8 * 24 * days) < 0.1}
    )
    storm = pd.DataFrame({"at": rng.uniform(24 * days - 6, 24 * days, 150), "bad": rng.random(150) < 0.7})
    table = pd.concat([calm, storm], ignore_index=True)
    return pd.DataFrame(
        {"created_at": start + pd.to_timedelta(table["at"], unit="h"), "negative": table["bad"]}
    )


def test_comments_in_any_of_their_forms_find_the_same_evening():
    table = comments()
    bad, when = table["negative"], table["created_at"]
    rng = np.random.default_rng(5)
    forms = {
        "negative": table,
        "label": pd.DataFrame({"created_at": when, "label": np.where(bad, "negative", "positive")}),
        "p_negative": pd.DataFrame({"created_at": when, "p_negative": np.clip(bad * 0.7 + rng.uniform(0, 0.3, len(bad)), 0, 1)}),
        "text": pd.DataFrame({"created_at": when, "text": np.where(bad, "等了一小時還是冷的，不會再來", "很好吃，下次再來")}),
    }  # fmt: skip
    for name, form in forms.items():
        found = detect(form.sample(frac=1, random_state=1))
        assert len(found.events) == 1 and found.events["ongoing"][0], name
        assert found.alarms[0] >= when.min() + 233 * HOUR, name


def test_unknown_labels_count_as_mentions_only():
    table = comments()
    labels = table["negative"].astype(object).where(table.index % 2 == 0, None)
    found = detect(table.assign(negative=labels))
    assert found.table["mentions"].sum() == len(table) and len(found.events) == 1


def test_known_errors_sharpen_a_noisy_classifier():
    hours, planted = mention_stream(43, 12, days=28, crises=2, accuracy=0.8)
    plain, told = detect(hours), detect(hours, errors=(0.8, 0.8))
    assert score_alarms(plain.alarms, planted, len(hours)).found == 2
    assert (
        score_alarms(told.alarms, planted, len(hours)).delay
        <= score_alarms(plain.alarms, planted, len(hours)).delay + 1
    )


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (3, "要一張表"),
        (pd.DataFrame({"a": [1]}), "沒有時間欄"),
        (pd.DataFrame({"time": [], "mentions": []}), "空的"),
        (pd.DataFrame({"time": ["昨天"], "mentions": [1]}), "讀不懂"),
        (pd.DataFrame({"time": ["2026-08-03 10:00"], "mentions": ["很多"]}), "不是數字"),
        (pd.DataFrame({"time": ["2026-08-03 10:00"], "mentions": [-1]}), "不能是負的"),
        (pd.DataFrame({"time": ["2026-08-03 10:00"], "mentions": [3], "negative": [5]}), "比提及還多"),
        (pd.DataFrame({"time": pd.date_range("2026-01-01", periods=9), "mentions": 5}), "一天只有"),
        (pd.DataFrame({"time": ["1970-01-01", "2026-08-03"], "mentions": 5}), "超過五年|一天只有"),
        (pd.DataFrame({"created_at": ["2026-08-03 10:00"], "p_negative": [70]}), "0 到 1"),
        (pd.DataFrame({"created_at": ["2026-08-03 10:00"], "negative": [7]}), "True 或 False"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(table, said):
    with pytest.raises(TableError, match=said):
        detect(table)


@pytest.mark.parametrize(
    "bad", [{"threshold": 1.0}, {"least": 0}, {"errors": (0.4, 0.5)}, {"errors": (0.9,)}]
)
def test_settings_that_make_no_sense_are_refused(stream, bad):
    with pytest.raises(AnswerError):
        detect(stream[0].iloc[:50], **bad)


def test_a_chart_with_words(found):
    chart = found.plot()
    assert chart.summary == found.say() and "島嶼沙盒模擬資料" in repr(found)


def test_both_rooms_offer_the_same_detector():
    assert xb.crisis.detect is xb.analytics.detect is detect
