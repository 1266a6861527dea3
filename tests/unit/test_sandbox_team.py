"""The simulated team: pieces are neither lost nor doubled, luck is shared, and the direction of each rule holds."""

from __future__ import annotations

import numpy as np
import pytest

from xiaobian.errors import TableError
from xiaobian.sandbox.team import TeamRun, run_team


@pytest.fixture(scope="module")
def runs() -> dict[tuple[int, int | None], TeamRun]:
    return {(week, limit): run_team(3, week, limit, weeks=8) for week in (4, 12) for limit in (3, 10, None)}


def test_every_piece_is_waiting_in_process_or_finished(runs: dict[tuple[int, int | None], TeamRun]) -> None:
    for (per_week, limit), run in runs.items():
        pieces, last = run.pieces, run.days.iloc[-1]
        assert len(pieces) == per_week * 8
        assert pieces["finished"].notna().sum() == last["finished"]
        assert pieces["started"].notna().sum() == last["finished"] + last["in_process"]
        assert pieces["started"].isna().sum() >= last["waiting"]
        assert (pieces["finished"].dropna() >= pieces["started"].loc[pieces["finished"].notna()]).all()
        if limit is not None:
            assert run.days["in_process"].max() <= limit


def test_nobody_works_more_hours_than_there_are(runs: dict[tuple[int, int | None], TeamRun]) -> None:
    for run in runs.values():
        assert all(0 < used <= 1 + 1e-9 for used in run.used.values())


def test_too_many_pieces_in_process_take_longer_and_lose_more(
    runs: dict[tuple[int, int | None], TeamRun],
) -> None:
    few, many, free = runs[12, 3], runs[12, 10], runs[12, None]
    assert few.pieces["lead"].mean() < many.pieces["lead"].mean() < free.pieces["lead"].mean()
    assert few.value > free.value
    assert few.lost < many.lost


def test_same_seed_same_team_and_other_seeds_differ() -> None:
    one, two, other = run_team(1, 6, 4, 4), run_team(1, 6, 4, 4), run_team(2, 6, 4, 4)
    assert one.value == two.value != other.value
    assert np.isfinite(one.value)


@pytest.mark.parametrize("given", [(0, None, 8), (5, 0, 8), (1000, None, 8), (5, 3, 0)])
def test_a_cadence_that_cannot_be_is_refused(given: tuple[float, int | None, int]) -> None:
    with pytest.raises(TableError, match="跑不起來"):
        run_team(1, *given)
