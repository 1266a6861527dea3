"""The after-action report: truth after the end, counterfactuals under the same luck, a queue judged, a class compared."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xiaobian.crisis.drill import ClassResult, CrisisDrill, Move, Setup, compare, drill, of_record
from xiaobian.crisis.drill import record as records
from xiaobian.crisis.drill.after_action import DELAYS, AfterAction, gains
from xiaobian.crisis.drill.after_action_page import inert
from xiaobian.crisis.drill.queue import cost, judged, need, tally
from xiaobian.crisis.drill.state import Act
from xiaobian.errors import AnswerError
from xiaobian.sandbox.crisis import Crisis
from xiaobian.sandbox.crisis.responses import moved

PRICE, SEED = "wrong_price", 3
HOSTILE = '=HYPERLINK("http://x","y") <script>alert(1)</script> <img src=x onerror=alert(1)> $x$ 對不起，昨晚 23 點標錯 12 筆'


def finished(text: str = HOSTILE) -> CrisisDrill:
    room = drill(PRICE, SEED)
    room.advance(40)
    room.decide("diminish", text)
    room.advance(80)
    for comment in room.state.waiting:
        if comment.flag:
            room.act(comment.id, comment.flag.key)
    room.act(next(c for c in room.state.waiting).id, "hide")
    room.give_up()
    return room


@pytest.fixture(scope="module")
def room() -> CrisisDrill:
    return finished()


@pytest.fixture(scope="module")
def report(room: CrisisDrill) -> AfterAction:
    return room.review()


def test_the_value_is_that_of_the_engine(report: AfterAction) -> None:
    crisis = Crisis(PRICE, SEED, hours=48)
    crisis.advance(1)
    own = report.state.said[0].response
    crisis.add(own)
    crisis.give_up()
    assert report.value == pytest.approx(crisis.value())
    assert report.usual == pytest.approx(crisis.regret().baseline)
    assert report.usual < report.value < report.best
    assert report.share == pytest.approx((report.value - report.usual) / (report.best - report.usual))


def test_replays_are_the_engines_own(report: AfterAction) -> None:
    assert sorted(report.replays["delay"].unique()) == list(DELAYS)
    assert report.replays.groupby("delay").size().eq(5).all()
    crisis = Crisis(PRICE, SEED, hours=48)
    crisis.give_up()
    for row in report.replays.sample(4, random_state=1).itertuples():
        assert crisis.replay(row.strategy, row.delay).value() == pytest.approx(row.value)


def test_a_single_change_is_worth_what_a_new_drill_with_it_gets(report: AfterAction) -> None:
    gains = {gain.id: gain.value for gain in report.gains}
    own = report.state.world.crisis.responses
    sooner = tuple(moved(r, 0.5) if r.spoken else r for r in own)
    value = report.state.world.crisis.what_if([sooner]).short[0]
    assert gains["sooner"] == pytest.approx(value - report.value)
    assert list(gains.values()) == sorted(gains.values(), reverse=True)
    assert gains["strategy_deny"] < 0 < gains["form"]


def test_pausing_helps_and_letting_posts_run_costs() -> None:
    values = []
    for pause in (False, True):
        room = drill(PRICE, SEED)
        room.advance(40)
        if pause:
            room.pause_posts()
        room.decide("diminish")
        room.give_up()
        values.append(room.state.world.crisis.value())
        assert ("pause" in {gain.id for gain in gains(room.state)}) is not pause
    assert values[1] > values[0]


def test_saying_nothing_gets_one_thing_to_change() -> None:
    room = drill("data_leak", 2)
    room.give_up()
    found = room.review()
    assert found.first_reply is None and found.gains[0].id == "speak" and found.gains[0].value > 0
    assert "半小時內先說一句" in found.change and found.change in found.say()
    assert found.level == "S4" and found.reply_due == 0


def test_the_truth_is_complete(report: AfterAction) -> None:
    truth = report.truth
    assert truth.cluster == "accidental" and 0 < truth.responsibility < 1 and truth.provable
    assert any(fact.known_to == "nobody_yet" for fact in truth.facts)
    assert truth.match == pytest.approx(0.8) and 0 < truth.form.score < 1
    assert {"事實", "回應", "決策點", "大帳號", "排程", "留言"} == set(report.timeline["kind"])
    assert report.timeline["minute"].is_monotonic_increasing
    assert (
        list(report.table.columns) == ["measure", "own", "reference", "meaning"] and len(report.table) == 11
    )


def test_what_a_comment_needs_and_costs() -> None:
    threat = {"intent": "legal", "action": "escalate", "stance": "oppose"}
    anger = {"intent": "complaint", "action": "reply", "stance": "oppose"}
    scam = {"intent": "scam", "action": "report", "stance": "neutral"}
    cheer = {"intent": "praise", "action": "like", "stance": "support"}
    assert cost(need(threat), None, 0, threat) == (5.0, 0.0)
    assert cost(need(threat), Act(1, "escalate", 20), 0, threat) == (0.0, 0.0)
    late, _ = cost(need(threat), Act(1, "escalate", 900), 0, threat)
    assert 0 < late < 5.0
    assert cost(need(anger), Act(1, "hide", 5), 0, anger) == (0.5, 3.0)
    assert cost(need(anger), Act(1, "leave", 5), 0, anger) == (0.5, 0.0)
    assert cost(need(scam), Act(1, "reply", 5), 0, scam)[1] > 0
    assert cost(need(cheer), Act(1, "escalate", 5), 0, cheer) == (0.0, 0.2)
    assert cost(need(cheer), None, 0, cheer) == (0.0, 0.0)
    leak = {"intent": "personal_data", "action": "hide", "stance": "oppose"}
    assert need(leak).most > need(anger).most


def perfect(seed: int, *, shuffled: bool = False) -> CrisisDrill:
    """Every comment gets what its label asks for, within ten minutes; or what the label of another one asks for."""
    ahead = drill(PRICE, seed)
    ahead.give_up()
    labels = list(ahead.state.world.crisis.written)
    order = np.random.default_rng(0).permutation(len(labels)) if shuffled else np.arange(len(labels))
    room = drill(PRICE, seed)
    while not room.done:
        for comment in room.state.waiting:
            room.act(comment.number, need(labels[order[comment.number - 1]]).action)
        room.advance(10)
    return room


def test_the_queue_is_judged_by_the_truth_and_shuffled_labels_fail() -> None:
    right, wrong, none = (
        judged(r.state) for r in (perfect(SEED), perfect(SEED, shuffled=True), _left_alone())
    )
    assert right.precision == right.recall == right.answered == 1.0 and right.points == 0.0
    assert wrong.precision < 0.35 and wrong.recall < 0.35 and wrong.points > 0.5 * none.points
    assert none.points == none.nothing > 50 and none.recall == 0.0 and none.precision != none.precision
    assert right.hidden_criticism == 0 < wrong.hidden_criticism


def _left_alone() -> CrisisDrill:
    room = drill(PRICE, SEED)
    room.give_up()
    return room


def test_the_tally_is_the_review_without_words(room: CrisisDrill) -> None:
    whole, numbers = judged(room.state), tally(room.state)
    assert whole.points == pytest.approx(numbers.points) and whole.recall == numbers.recall
    assert whole.table["points"].is_monotonic_decreasing
    assert whole.points == pytest.approx(whole.table["points"].sum())


class Tags(HTMLParser):
    """Tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.cells: list[str] = []
        self._cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._cell = tag in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._cell:
            self.cells.append(data)
            self._cell = False


@pytest.fixture(scope="module")
def html(report: AfterAction, tmp_path_factory: pytest.TempPathFactory) -> str:
    file = report.to_html(tmp_path_factory.mktemp("page") / "檢討.html")
    assert isinstance(file, Path)
    return file.read_text(encoding="utf-8")


def test_the_page_is_whole_and_inert(report: AfterAction, html: str) -> None:
    text = html
    found = Tags()
    found.feed(text)
    names = [tag for tag, _ in found.tags]
    assert "script" not in names and names.count("img") == 3
    assert all(str(attrs["src"]).startswith("data:image/png") for tag, attrs in found.tags if tag == "img")
    assert not any(name.startswith("on") for _, attrs in found.tags for name in attrs)
    assert "&lt;script&gt;" in text and not re.search(r"(?:src|href)=.http", text)
    assert not any(cell.lstrip().startswith(("=", "+", "@")) for cell in found.cells)
    assert any(cell.startswith("'=HYPERLINK") for cell in found.cells)
    assert "風險提示，不是法律意見" in text and "島嶼沙盒模擬資料" in text
    assert report.state.said[0].response.text == HOSTILE.strip()


def test_the_page_holds_what_it_must(room: CrisisDrill, html: str) -> None:
    captions = "".join(re.findall(r"<caption>(.*?)</caption>", html))
    for part in ("成績", "真相", "事實卡", "你的回應", "只改一件事", "每種策略", "時間軸", "留言", "法規"):
        assert part in captions
    printed = re.search(r"可以重播）：(drill1[^<]*)<", html)
    assert printed and max(map(len, printed[1].split())) <= 60
    assert of_record(printed[1]).state == room.state
    for table in re.findall(r"<table>.*?</table>", html, re.DOTALL):
        widths = {len(re.findall(r"<t[hd]", row)) for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL)}
        assert len(widths) == 1


@pytest.mark.parametrize(
    ("text", "safe"), [("=1", "'=1"), (" +1", "' +1"), ("@x", "'@x"), ("好", "好"), ("−1", "−1")]
)
def test_formulas_are_texts(text: str, safe: str) -> None:
    assert inert(text) == safe


def test_charts_and_wrong_names(report: AfterAction) -> None:
    drawn = report.plot("timeline")
    assert "錯價下單" in repr(drawn) and "提及共" in drawn.summary
    with pytest.raises(AnswerError, match="replays"):
        report.plot("pie")


@pytest.fixture(scope="module")
def classroom(room: CrisisDrill) -> ClassResult:
    setup = Setup(PRICE, SEED)
    early = [Move("pause", 20), Move("decide", 30, choice="diminish"), Move("act", 90, 1, "hide")]
    late = [Move("decide", 900, choice="deny")]
    return compare(
        {
            "早": records.packed(setup, early),
            "晚 $x$ <b>": records.packed(setup, late),
            "不說": records.packed(setup, []),
            "做過": room.record,
            "壞": "drill1.broken",
            "別場": records.packed(Setup(PRICE, SEED + 1), []),
            "亂": records.packed(setup, [Move("act", 5, 10**6, "hide")]),
            "空": None,
        }
    )


def test_a_class_is_compared_by_what_each_would_get_alone(
    classroom: ClassResult, report: AfterAction
) -> None:
    table = classroom.table.set_index("name")
    assert list(classroom.table["value"]) == sorted(classroom.table["value"], reverse=True)
    own = table.loc["做過"]
    assert own["value"] == pytest.approx(report.value) and own["share"] == pytest.approx(report.share)
    assert own["match"] == pytest.approx(report.truth.match) and own["form"] == pytest.approx(
        report.truth.form.score
    )
    assert own["points"] == pytest.approx(report.queue.points) and own["recall"] == pytest.approx(
        report.queue.recall
    )
    assert own["first_reply"] == 40 and own["late"] == 40 - report.reply_due
    assert classroom.usual == pytest.approx(report.usual)
    assert pd.isna(table.loc["不說", "first_reply"]) and table.loc["不說", "value"] == pytest.approx(
        classroom.nothing
    )
    assert table.loc["早", "value"] > table.loc["晚 $x$ <b>", "value"]


def test_bad_records_are_named_and_do_not_stop_the_class(classroom: ClassResult) -> None:
    bad = dict(classroom.bad)
    assert set(bad) == {"壞", "別場", "亂", "空"} and len(classroom.table) == 4
    assert "另一場" in bad["別場"] and "不是演練紀錄" in bad["壞"]
    assert "壞" in classroom.say() and "4 人" in classroom.say()


def test_the_chart_of_a_class_keeps_names_as_they_are(classroom: ClassResult) -> None:
    figure = classroom.plot()
    figure.draw_without_rendering()
    assert "晚 $x$ <b>" in [text.get_text() for text in figure.axes[0].texts]


def test_a_class_may_be_a_list_or_a_table_but_not_nothing() -> None:
    line = records.packed(Setup(PRICE, SEED), [])
    assert list(compare([line]).table["name"]) == ["1"]
    assert list(compare(pd.DataFrame({"name": ["小美"], "record": [line]})).table["name"]) == ["小美"]
    with pytest.raises(AnswerError, match="少了欄位 record"):
        compare(pd.DataFrame({"name": ["小美"]}))
    with pytest.raises(AnswerError, match="沒有紀錄"):
        compare([])
    with pytest.raises(AnswerError, match="沒有一份紀錄讀得懂"):
        compare({"壞": "x"})
