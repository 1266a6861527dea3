"""Retention: the published shape, the order of hooks, and curves that fit their watch time."""

import numpy as np
import pandas as pd
import pytest

from xiaobian.errors import TableError
from xiaobian.sandbox import retention
from xiaobian.sandbox.parameters import load
from xiaobian.tables import problems, table

P = load()
SHAPE = [name for name in P if name.startswith("retention.") and isinstance(P[name], float)]


def videos(views=20_000, hooks=(0.5,), duration=30.0, beat=6.0):
    number = len(hooks)
    return pd.DataFrame(
        {
            "post_id": [f"v{i}" for i in range(number)],
            "hook": hooks,
            "duration_s": duration,
            "views": views,
            "beat_every": beat,
        }
    )


@pytest.mark.parametrize(("hook", "share"), [(0.1, 0.25), (0.5, 0.40), (0.9, 0.65)])
def test_three_seconds(hook, share):
    assert float(retention.survival(P, 3, hook, 6)) == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize("hook", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_later_seconds(hook):
    at3, at10, at30 = (float(retention.survival(P, t, hook, 5)) for t in (3, 10, 30))
    assert 0.61 <= at10 / at3 <= 0.65
    assert at30 / at3 == pytest.approx(0.44, abs=0.015)


def test_new_beats_keep_people():
    assert float(retention.survival(P, 30, 0.5)) == pytest.approx(0.067, abs=0.001)
    assert float(retention.survival(P, 30, 0.5, 6)) == pytest.approx(0.176, abs=0.001)


@pytest.mark.parametrize("gap", [2.0, 6.0, 11.0, np.inf])
@pytest.mark.parametrize("seconds", [1.0, 5.0, 14.0, 33.0])
def test_survival_is_the_hazard_added_up(gap, seconds):
    opening = P["retention.opening"]
    t = np.linspace(0, seconds, 200_001)
    middle = (t[1:] + t[:-1]) / 2
    beats = np.floor(np.maximum(middle - opening, 0) / gap)
    last = np.where(middle < opening, 0, opening + beats * (0 if np.isinf(gap) else gap))
    added = np.exp(-(retention.hazard(P, middle, 0.4, last) * np.diff(t)).sum())
    assert float(retention.survival(P, seconds, 0.4, gap)) == pytest.approx(added, rel=1e-4)


@pytest.mark.parametrize("factor", [0.75, 1.25])
@pytest.mark.parametrize("name", SHAPE)
def test_order_of_hooks_and_beats_survives_a_quarter_more_or_less(name, factor):
    p = P.scaled(name, factor)
    curves = retention.survival(p, np.array([1.0, 3, 10, 30])[:, None], [0.1, 0.3, 0.5, 0.7, 0.9], 6)
    assert (np.diff(curves, axis=1) > 0).all()
    assert (np.diff(curves, axis=0) < 0).all()
    assert float(retention.survival(p, 30, 0.5)) < float(retention.survival(p, 30, 0.5, 6))


@pytest.mark.parametrize("hook", [0.1, 0.5, 0.9])
def test_hook_is_recovered_from_20_000_views(hook):
    curve, _ = retention.retention_table(P, np.random.default_rng(7), videos(hooks=[hook] * 40))
    guesses = np.linspace(0, 1, 201)
    seconds = curve["second"].to_numpy().reshape(40, -1)[0]
    seen = curve["share_watching"].to_numpy().reshape(40, -1)
    fitted = retention.survival(P, seconds, guesses[:, None], 6)
    best = guesses[((seen[:, None, :] - fitted) ** 2).sum(axis=2).argmin(axis=1)]
    assert (abs(best - hook) <= 0.05).all()


def test_the_table_is_as_declared():
    curve, watched = retention.retention_table(P, np.random.default_rng(1), videos(300, (0.2, 0.8), 47.5))
    assert problems(curve, "retention") == []
    assert list(curve) == [column.name for column in table("retention").columns]
    assert (
        curve.groupby("post_id")["position"].agg(["min", "max", "count"]).to_numpy().tolist()
        == [[0, 1, 21]] * 2
    )
    assert (curve.groupby("post_id")["share_watching"].first() == 1).all()
    assert watched["post_id"].tolist() == ["v0", "v1"]


def test_noise_is_binomial():
    curve, _ = retention.retention_table(P, np.random.default_rng(2), videos(500, [0.5] * 2000))
    spread = curve.groupby("position")["share_watching"].std()
    for position in (0.1, 0.5, 1.0):
        share = float(retention.survival(P, 30 * position, 0.5, 6))
        assert spread[position] == pytest.approx(np.sqrt(share * (1 - share) / 500), rel=0.08)


@pytest.mark.parametrize("duration", [12.0, 58.0, 240.0])
def test_watch_time_agrees_with_a_simulation_of_viewers(duration):
    rng = np.random.default_rng(3)
    grid = np.linspace(0, duration, 40_001)
    alive = retention.survival(P, grid, 0.5, 7)
    stop = np.interp(rng.random(200_000), alive[::-1], grid[::-1], left=duration)
    expected = float(retention.average_watch_s(P, duration, 0.5, 7))
    assert expected == pytest.approx(stop.mean(), rel=0.01)
    _, watched = retention.retention_table(P, rng, videos(200_000, (0.5,), duration, 7.0))
    assert float(watched["avg_watch_s"][0]) == pytest.approx(expected, rel=0.02)
    assert watched["watch_time_s"][0] == pytest.approx(watched["avg_watch_s"][0] * 200_000)


def test_same_seed_same_curves():
    one, two = (
        retention.retention_table(P, np.random.default_rng(5), videos(80, (0.3, 0.6)))[0] for _ in "ab"
    )
    pd.testing.assert_frame_equal(one, two)


def test_nobody_started():
    curve, watched = retention.retention_table(P, np.random.default_rng(1), videos(0))
    assert curve["share_watching"].isna().all()
    assert watched["avg_watch_s"].isna().all()
    assert watched["watch_time_s"].tolist() == [0]


def test_no_videos():
    curve, watched = retention.retention_table(P, np.random.default_rng(1), videos().iloc[:0])
    assert len(curve) == len(watched) == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"views": -1}, "瀏覽次數"),
        ({"views": None}, "瀏覽次數"),
        ({"duration_s": 0.0}, "影片長度"),
        ({"hook": 1.2}, "內容強度"),
        ({"beat_every": 0.0}, "節奏"),
    ],
)
def test_wrong_videos_are_refused(change, words):
    with pytest.raises(TableError, match=words):
        retention.retention_table(P, np.random.default_rng(1), videos().assign(**change))


def test_a_missing_column_is_named():
    with pytest.raises(TableError, match="hook"):
        retention.retention_table(P, np.random.default_rng(1), videos().drop(columns="hook"))


def test_negative_seconds_are_refused():
    with pytest.raises(TableError, match="秒數"):
        retention.hazard(P, -1, 0.5, 0)
