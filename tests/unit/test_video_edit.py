"""From script to shooting day to edit list: grouping, licences, frames that meet, files that read back."""

import json
import re
from itertools import pairwise

import pandas as pd
import pytest

from xiaobian.errors import TableError
from xiaobian.planning.video import edit_list, read_script, sample_assets, shot_list, timecode

SHOTS = shot_list("cold_brew")
COVERED = SHOTS.cover(sample_assets(), "2026-12-01")


def test_shots_of_one_place_stand_together_and_none_is_lost():
    places = SHOTS.table["place"].tolist()
    assert sum(a != b for a, b in pairwise(places)) == len(set(places)) - 1 == SHOTS.moves < SHOTS.moves_in_order
    assert sorted(SHOTS.table["beat"]) == list(range(1, 7))
    assert SHOTS.table["seconds"].sum() == pytest.approx(28.0)
    assert SHOTS.props.count("玻璃杯兩個") == 1


def test_size_and_move_are_read_from_words_or_said_to_be_assumed():
    shots = shot_list([{"t0": 0, "t1": 2, "role": "hook", "shot": "俯拍桌面，慢慢推近"}, {"t0": 2, "t1": 4, "role": "cta", "shot": "倒茶"}])
    assert shots.table[["size", "move"]].to_numpy().tolist() == [["俯拍", "推近"], ["中景", "固定"]]
    assert any("S02" in note for note in shots.notes) and any("哪裡拍" in note for note in shots.notes)


def test_footage_is_refused_for_a_reason_and_used_once():
    why = COVERED.table.set_index("shot")["why"]
    assert "3.2 秒" in why["S03"] and "2026-10-31" in why["S04"] and "商業" in why["S05"]
    used = COVERED.table["asset_id"].dropna()
    assert used.is_unique and set(used) == {"A01", "A02", "A05"}
    assert COVERED.to_shoot == ["S03", "S04", "S05"]


def test_the_day_decides_what_has_expired_and_credit_is_told():
    early = SHOTS.cover(sample_assets(), "2026-10-31")
    assert early.table.set_index("shot").loc["S04", "asset_id"] == "A04"
    assert "@tea.day" in early.say()


def test_as_many_shots_as_possible_share_two_assets():
    shots = shot_list([{"t0": 0, "t1": 2, "role": "hook", "tags": "茶"}, {"t0": 2, "t1": 4, "role": "cta", "tags": "茶、杯"}])
    stock = pd.DataFrame(
        {"asset_id": ["X", "Y"], "file": ["x", "y"], "seconds": [5, 5], "tags": ["茶、杯", "茶"], "licence": ["自有"] * 2, "credit": [None] * 2, "expires": [None] * 2}
    )
    found = shots.cover(stock, "2026-12-01").table
    assert found["asset_id"].tolist() == ["Y", "X"]


def test_bad_assets_say_what_is_missing():
    with pytest.raises(TableError, match="licence"):
        SHOTS.cover(sample_assets().drop(columns="licence"), "2026-12-01")
    with pytest.raises(TableError, match="日期"):
        SHOTS.cover(sample_assets(), "十二月")
    with pytest.raises(TableError, match="A01"):
        SHOTS.cover(sample_assets().assign(seconds="很長"), "2026-12-01")


@pytest.mark.parametrize("fps", [24, 25, 30, 60])
def test_frames_meet_and_both_files_agree(fps, tmp_path):
    cuts = edit_list("cold_brew", COVERED, fps=fps)
    whole = json.loads(cuts.write(tmp_path / "剪輯表.json").read_text(encoding="utf-8"))
    events = whole["events"]
    assert all(a["record_out"] == b["record_in"] for a, b in pairwise(events))
    assert all(e["source_out"] - e["source_in"] == e["record_out"] - e["record_in"] > 0 for e in events)
    assert events[-1]["record_out"] == 28 * fps and whole["fps"] == fps
    text = cuts.write(tmp_path / "剪輯表.edl").read_text(encoding="utf-8")
    rows = re.findall(r"^(\d{3})  (\S+) +V +C +(\S+) (\S+) (\S+) (\S+)$", text, re.MULTILINE)
    assert [(int(n), reel, a, b) for n, reel, _, _, a, b in rows] == [
        (e["event"], e["source"], timecode(e["record_in"], fps), timecode(e["record_out"], fps)) for e in events
    ]


def test_an_edit_list_needs_a_script_whose_beats_meet():
    with pytest.raises(TableError, match="重疊"):
        edit_list("cold_brew_draft")
    with pytest.raises(TableError, match="fps"):
        edit_list("cold_brew", fps=5)


def test_line_breaks_in_words_do_not_break_the_list():
    hostile = read_script("cold_brew").with_beat(1, on_screen="一\n002  XX  V  C", shot="茶\n茶")
    assert len(re.findall(r"^\d{3} ", edit_list(hostile).cmx3600(), re.MULTILINE)) == 6
