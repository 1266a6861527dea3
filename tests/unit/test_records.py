import json

import pytest

from xiaobian import records
from xiaobian.errors import AnswerError


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path / "answers"))
    return tmp_path / "answers"


def store(lesson, value):
    records.update(lesson, lambda record: record["questions"].update(q1={"answer": value}))


def test_update_survives_and_reads_back(fresh):
    store("3.1", "蜂蜜")
    assert records.read("3.1")["questions"]["q1"]["answer"] == "蜂蜜"
    assert [p.name for p in fresh.iterdir()] == ["3.1.json"]


def test_killed_while_writing_keeps_the_old_file(fresh, monkeypatch):
    store("3.1", "先前")

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(records.os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        store("3.1", "後來")
    monkeypatch.undo()
    monkeypatch.setenv("KIT_STATE_DIR", str(fresh))
    assert records.read("3.1")["questions"]["q1"]["answer"] == "先前"


@pytest.mark.parametrize("broken", ['{"schema": 1, "ques', "[]", '{"schema": 99}', "\xff\xfe\x00"])
def test_broken_file_is_kept_and_reported(fresh, capsys, broken):
    fresh.mkdir()
    (fresh / "3.1.json").write_text(broken, encoding="latin-1")
    assert records.read("3.1")["questions"] == {}
    assert (fresh / "3.1.json.bak").read_text(encoding="latin-1") == broken
    assert "3.1.json.bak" in capsys.readouterr().out


def test_unwritable_folder_is_one_sentence(fresh):
    fresh.parent.joinpath("answers").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(AnswerError, match="作答存不進去"):
        store("3.1", 1)


def test_numpy_and_tables_are_stored_plain(fresh):
    import numpy as np

    store("3.1", np.float64(1.5))
    assert json.loads((fresh / "3.1.json").read_text(encoding="utf-8"))["questions"]["q1"]["answer"] == 1.5


def test_state_dir_walks_up_to_the_course(tmp_path, monkeypatch):
    monkeypatch.delenv("KIT_STATE_DIR")
    course = tmp_path / "我的 課程"
    (course / "exercises" / "3_analysis").mkdir(parents=True)
    (course / "start.py").touch()
    monkeypatch.chdir(course / "exercises" / "3_analysis")
    assert records.state_dir() == course / "answers"
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert records.state_dir() == course / "exercises" / "3_analysis" / "answers"


def test_lone_notebook_keeps_answers_beside_itself(tmp_path, monkeypatch):
    monkeypatch.delenv("KIT_STATE_DIR")
    monkeypatch.chdir(tmp_path)
    assert records.state_dir() == tmp_path / "answers"


def test_learner_is_set_once_and_fixes_seeds():
    before = records.seed("3.1", "exercise")
    assert records.learner().id == "course"
    records.learner("s001")
    assert records.learner("s001").id == "s001"
    assert records.seed("3.1", "exercise") != before
    with pytest.raises(AnswerError, match="s001"):
        records.learner("s002")


@pytest.mark.parametrize("name", ["王小明", "", "a b", "x" * 33, "../x"])
def test_learner_id_has_a_plain_form(name):
    with pytest.raises(AnswerError, match="不合格式"):
        records.learner(name)


def test_lesson_and_exercise_never_share_a_seed():
    seeds = [
        records.seed(f"{c}.{n}", use, k)
        for c in range(9)
        for n in range(9)
        for use in ("lesson", "exercise")
        for k in range(3)
    ]
    assert len(set(seeds)) == len(seeds)


def test_first_commitment_is_kept_and_reveal_closes():
    with pytest.raises(AnswerError, match="先猜再看"):
        records.reveal("3.1.a")
    records.commit("3.1.a", 1.5)
    records.commit("3.1.a", 0.6)
    entry = records.reveal("3.1.a")
    assert (entry["first"], entry["latest"], entry["revealed"]) == (1.5, 0.6, True)


def test_again_opens_the_next_world_and_keeps_the_past():
    records.commit("3.1.a", 1.5)
    records.reveal("3.1.a")
    assert records.again("3.1.a") == 1
    with pytest.raises(AnswerError):
        records.reveal("3.1.a")
    assert records.commit("3.1.a", 2)["first"] == 2
    assert records.commitment("3.1.a")["past"][0]["first"] == 1.5
