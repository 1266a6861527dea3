"""A community with known effects: a rule post, trolling that spreads, a prompt before sending, replies to reviews.

Effects: Matias 2019 (PNAS; rule post), Cheng et al. 2017 (doi 10.1145/2998181.2998213; trolling), Katsaros et al.
2022 (doi 10.1609/icwsm.v16i1.19308; prompt), Proserpio & Zervas 2017 (SSRN 2521190; replies). Levels and spreads
are design parameters of ``community``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import TableError
from .parameters import Parameters

Floats = npt.NDArray[np.float64]

KINDS: dict[str, str] = {"discussion": "討論", "ama": "問答"}
ASSIGNED: dict[str, str] = {"chance": "抽籤決定", "busy": "挑熱鬧的置頂"}


def threads_table(
    parameters: Parameters, rng: np.random.Generator, number: int, ama_share: float = 0.1, by: str = "chance"
) -> pd.DataFrame:
    """Threads with and without a pinned rule post, half and half.

    The post raises the share of newcomers' comments that keep the rules from .52 to .60 and their number by 1.7
    times; in question-and-answer threads it cuts their number to .35 of what it was.

    number: how many threads. ama_share: of these, 0–1. by: ``chance`` draws lots, ``busy`` pins where most people
    were going to talk anyway, as a team does that watches the busy threads; the threads themselves are the same.

    Returns thread_id, kind (a key of ``KINDS``), rule_post (yes/no), newcomer_comments, newcomer_kept (of these,
    within the rules) and regular_comments.

    Raises TableError when there is no thread, the share is outside 0–1, or ``by`` is neither.

    >>> from xiaobian.sandbox.parameters import load
    >>> table = threads_table(load(), np.random.default_rng(1), 10)
    >>> int(table["rule_post"].sum()), bool((table["newcomer_kept"] <= table["newcomer_comments"]).all())
    (5, True)
    """
    if number < 1 or not 0 <= ama_share <= 1:
        raise TableError("至少要有 1 則串文，問答型占比要介於 0 和 1", where="number、ama_share")
    if by not in ASSIGNED:
        raise TableError(
            f"沒有「{by}」這種置頂的方式", where="by", next_step=f"可用的有：{'、'.join(ASSIGNED)}"
        )
    pinned = rng.permutation(np.arange(number) % 2 == 1)
    ama = rng.random(number) < ama_share
    times = np.where(ama, parameters["community.newcomers_ama"], parameters["community.newcomers"])
    size = rng.gamma(*_gamma(parameters["community.thread_spread"]), number)
    if by == "busy":
        pinned = np.argsort(np.argsort(size)) >= number - number // 2
    newcomers = rng.poisson(parameters["community.thread_newcomers"] * size * np.where(pinned, times, 1))
    without, with_post = parameters["community.compliance"]
    return pd.DataFrame(
        {
            "thread_id": [f"th{i:04d}" for i in range(1, number + 1)],
            "kind": np.where(ama, "ama", "discussion"),
            "rule_post": pinned,
            "newcomer_comments": newcomers,
            "newcomer_kept": rng.binomial(newcomers, np.where(pinned, with_post, without)),
            "regular_comments": rng.poisson(parameters["community.thread_regulars"] * size),
        }
    )


def _gamma(spread: float) -> tuple[float, float]:
    """Shape and scale of a Gamma with mean 1 and this coefficient of variation."""
    return 1 / spread**2, spread**2


def troll_probability(parameters: Parameters, bad_mood: npt.ArrayLike, context: npt.ArrayLike) -> Floats:
    """Chance that a comment is trolling, 0–1; arrays broadcast.

    .35 in a good mood under civil comments, .68 in a bad mood under trolling ones (Cheng et al. 2017; the
    doubling is published, the levels are to be checked); between these, mood and context add on the logit scale.

    bad_mood: 0–1. context: share of trolling among the comments just before, 0–1.

    Raises TableError for a value outside 0–1.

    >>> from xiaobian.sandbox.parameters import load
    >>> troll_probability(load(), [0, 1], [0, 1]).round(2).tolist()
    [0.35, 0.68]
    """
    mood, around = np.asarray(bad_mood, dtype=float), np.asarray(context, dtype=float)
    for values in (mood, around):
        if not ((values >= 0) & (values <= 1)).all():
            raise TableError("心情和氣氛都要介於 0 和 1", where="bad_mood、context")
    low, high = np.log(parameters["community.troll"]) - np.log1p(-np.array(parameters["community.troll"]))
    share = parameters["community.troll_mood"]
    score = low + (high - low) * (share * mood + (1 - share) * around)
    return np.asarray(1 / (1 + np.exp(-score)))


def troll_threads(
    parameters: Parameters, rng: np.random.Generator, number: int, length: int = 20, bad_mood: float = 0.5
) -> pd.DataFrame:
    """Trolling spreading down threads: each comment answers the last few, and leaves its mark on the next.

    Half the threads, at random, open with trolling comments put there beforehand (not in the table). Mood is a
    chance draw a comment.

    number: threads. length: comments a thread. bad_mood: share of commenters in a bad mood, 0–1.

    Returns thread_id, position (from 1), troll_opening, bad_mood, context (share of trolling among the
    ``community.troll_window`` comments before), troll.

    Raises TableError when there is no thread or comment, or the share is outside 0–1.

    >>> from xiaobian.sandbox.parameters import load
    >>> table = troll_threads(load(), np.random.default_rng(1), 4, 3)
    >>> len(table), table.groupby("troll_opening")["thread_id"].nunique().tolist()
    (12, [2, 2])
    """
    if number < 1 or length < 1 or not 0 <= bad_mood <= 1:
        raise TableError(
            "至少要有 1 則串文、1 則留言，壞心情占比要介於 0 和 1", where="number、length、bad_mood"
        )
    window = parameters["community.troll_window"]
    opening = rng.permutation(np.arange(number) % 2 == 1)
    mood = rng.random((number, length)) < bad_mood
    chance = rng.random((number, length))
    trolling = np.empty((number, window + length), dtype=bool)
    trolling[:, :window] = opening[:, None]
    context = np.empty((number, length))
    for k in range(length):
        context[:, k] = trolling[:, k : k + window].mean(axis=1)
        trolling[:, window + k] = chance[:, k] < troll_probability(parameters, mood[:, k], context[:, k])
    return pd.DataFrame(
        {
            "thread_id": np.repeat([f"th{i:04d}" for i in range(1, number + 1)], length),
            "position": np.tile(np.arange(1, length + 1), number),
            "troll_opening": np.repeat(opening, length),
            "bad_mood": mood.ravel(),
            "context": context.ravel(),
            "troll": trolling[:, window:].ravel(),
        }
    )


def prompt_table(parameters: Parameters, rng: np.random.Generator, people: int) -> pd.DataFrame:
    """A prompt before sending, at random half and half: drafts that would offend, and what was sent.

    Katsaros et al. 2022: 6 % fewer offensive comments sent among those who would have.

    people: how many with such a draft. Returns prompted (no, yes), people, offensive (sent).

    Raises TableError when there is nobody.

    >>> from xiaobian.sandbox.parameters import load
    >>> prompt_table(load(), np.random.default_rng(1), 100)["people"].sum()
    np.int64(100)
    """
    if people < 1:
        raise TableError("至少要有 1 個人", where="people")
    number = np.array([people - people // 2, people // 2])
    sent = parameters["community.offensive_sent"] * np.array([1, 1 + parameters["community.prompt"]])
    frame = {"prompted": [False, True], "people": number, "offensive": rng.binomial(number, sent)}
    return pd.DataFrame(frame)


def reviews_table(
    parameters: Parameters, rng: np.random.Generator, shops: int, weeks: int = 26, start_week: int = 13
) -> pd.DataFrame:
    """Reviews of shops a week; half the shops begin to reply in ``start_week``.

    Proserpio & Zervas 2017: replying adds .12 stars and 12 % reviews. The shops that reply were better to begin
    with (``community.reply_selection``), so comparing shops afterwards says too much.

    Returns shop, week (from 0), replies (does this shop ever), after (``start_week`` or later), reviews, and
    stars (sum of the stars of these reviews, 1–5 each).

    Raises TableError when there are fewer than two shops or no week on one side.

    >>> from xiaobian.sandbox.parameters import load
    >>> table = reviews_table(load(), np.random.default_rng(1), 4, 6, 3)
    >>> len(table), table.loc[table["replies"], "shop"].nunique()
    (24, 2)
    """
    if shops < 2 or not 0 < start_week < weeks:
        raise TableError("至少要有 2 間店，開始回覆的前後都要有資料", where="shops、start_week")
    p = parameters
    replies = (rng.permutation(shops) % 2 == 1)[:, None]
    after = np.arange(weeks) >= start_week
    active = replies & after
    liked = rng.normal(p["community.stars"], p["community.stars_sd"], (shops, 1))
    liked = (liked + p["community.reply_selection"] * replies).clip(1, 5 - p["community.reply_rating"])
    size = rng.gamma(*_gamma(p["community.review_spread"]), (shops, 1)) * p["community.reviews"]
    reviews = rng.poisson(size * (1 + p["community.reply_volume"] * active))
    mean = liked + p["community.reply_rating"] * active
    return pd.DataFrame(
        {
            "shop": np.repeat([f"s{i:03d}" for i in range(1, shops + 1)], weeks),
            "week": np.tile(np.arange(weeks), shops),
            "replies": np.repeat(replies, weeks),
            "after": np.tile(after, shops),
            "reviews": reviews.ravel(),
            "stars": (reviews + rng.binomial(4 * reviews, (mean - 1) / 4)).ravel(),
        }
    )
