"""From plans to outcomes: the equations of reach, engagement and clicks, on plain NumPy arrays.

Times are weeks and hours from the world's first Monday, Asia/Taipei. Every effect is additive on the log scale
(reach) or the logit scale (engagement, clicks), so an expected value can be taken apart term by term.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..tables import CTAS, EMOTIONS, FORMATS, PILLARS
from .parameters import Parameters

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PLATFORMS = ("facebook", "instagram", "threads", "tiktok", "youtube", "line")
WEEKS = 520
HOURS = 168
CHUNK = 65_536
WORKERS = 2


def by_name(
    values: Mapping[str, float], names: Mapping[str, Any] | tuple[str, ...], other: float = 0.0
) -> Floats:
    """A mapping as an array in the order of ``names``; absent names take ``other``."""
    return np.array([values.get(name, other) for name in names], dtype=float)


def logit(share: Floats | float) -> Any:
    return np.log(share) - np.log1p(-np.asarray(share))


def expit(value: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-value))


@dataclass(frozen=True)
class Effects:
    """What is true in one world; shapes in brackets, P platforms, K pillars.

    slot [P, 168]: log reach by hour of the week from Monday 00:00. affinity [P, K]: standardised fit of audience
    and pillar. level, rate, clicks [P]: log reach per follower, logit engagement and click rate of a neutral post.
    week [520]: log reach by week. rule_week: first week of the rule change, None if there is none; rule [P, F].
    """

    parameters: Parameters
    slot: Floats
    affinity: Floats
    level: Floats
    rate: Floats
    clicks: Floats
    week: Floats
    followers: Floats
    growth: Floats
    rule: Floats
    rule_week: int | None


@dataclass(frozen=True)
class Design:
    """Posts as codes and numbers, one entry a post [n].

    recent: posts of the same platform in the 24 hours before. day: days from the start. hook: standard deviations.
    """

    platform: Ints
    format: Ints
    pillar: Ints
    emotion: Ints
    cta: Ints
    slot: Ints
    week: Ints
    day: Floats
    hook: Floats
    negative: Floats
    positive: Floats
    price: Floats
    personality: Floats
    boost: Floats
    trend_age: Floats
    recent: Floats

    def __len__(self) -> int:
        return len(self.platform)

    def rows(self, part: slice | NDArray[Any]) -> Design:
        return Design(**{name: values[part] for name, values in vars(self).items()})


@dataclass(frozen=True)
class Outcome:
    """Realised numbers, one entry a post [n]."""

    reach: Ints
    views: Ints
    likes: Ints
    comments: Ints
    shares: Ints
    saves: Ints
    link_clicks: Ints
    follows: Ints


def recent_posts(platform: Ints, hour: Floats) -> Floats:
    """Number of posts of the same platform in the 24 hours before each post; ``hour`` counts from the start.

    Of posts at the very same time, the later in the list has the earlier before it.

    >>> recent_posts(np.array([0, 0, 1, 0]), np.array([0.0, 5.0, 6.0, 24.0]))
    array([0., 1., 0., 1.])
    """
    order = np.lexsort((hour, platform))
    spread = platform[order] * 1e7 + hour[order]
    first = np.searchsorted(spread, spread - 24.0, side="right")
    count = np.empty(len(hour))
    count[order] = np.arange(len(hour)) - first
    return count


def reach_terms(effects: Effects, design: Design) -> dict[str, Floats]:
    """Log reach before noise, term by term; their sum is the mean of log reach."""
    p, d = effects.parameters, design
    followers = np.log(effects.followers[d.platform]) + effects.growth[d.platform] * d.day
    formats = by_name(p["reach.format"], FORMATS)[d.format]
    life = by_name(p["reach.trend_life"], PLATFORMS)[d.platform]
    trend = np.where(
        np.isnan(d.trend_age), 0.0, p["reach.trend"] * np.exp(-np.nan_to_num(d.trend_age) / life)
    )
    terms = {
        "followers": followers + effects.level[d.platform],
        "slot": effects.slot[d.platform, d.slot],
        "format": formats,
        "pillar": by_name(p["reach.pillar"], PILLARS)[d.pillar],
        "hook": p["reach.hook"] * d.hook,
        "trend": trend,
        "fatigue": -p["reach.fatigue"] * d.recent,
        "boost": p["reach.boost"] * np.log1p(d.boost / 100.0),
        "week": effects.week[d.week],
    }
    if effects.rule_week is not None:
        terms["rule"] = np.where(d.week >= effects.rule_week, effects.rule[d.platform, d.format], 0.0)
    return terms


def engagement_terms(effects: Effects, design: Design) -> dict[str, Floats]:
    """Logit engagement per person reached, term by term."""
    p, d = effects.parameters, design
    price = np.where(d.personality > 0, p["engagement.price_with_personality"], p["engagement.price_line"])
    return {
        "rate": effects.rate[d.platform],
        "hook": p["engagement.hook"] * d.hook,
        "format": by_name(p["engagement.format"], FORMATS)[d.format],
        "cta": by_name(p["engagement.cta"], CTAS)[d.cta],
        "affinity": p["engagement.affinity"] * effects.affinity[d.platform, d.pillar],
        "price": price * d.price,
    }


def click_terms(effects: Effects, design: Design) -> dict[str, Floats]:
    """Logit link clicks per person reached, term by term."""
    p, d = effects.parameters, design
    formats = by_name({"link": p["clicks.link_format"]}, FORMATS)
    return {
        "clicks": effects.clicks[d.platform],
        "hook": p["clicks.hook"] * d.hook,
        "format": formats[d.format],
        "cta": by_name({"link": p["clicks.cta_link"]}, CTAS)[d.cta],
        "price": p["clicks.price_line"] * d.price,
        "words": p["clicks.negative_word"] * d.negative + p["clicks.positive_word"] * d.positive,
    }


def total(terms: Mapping[str, Floats]) -> Floats:
    """The sum of all terms, entry by entry."""
    first, *others = terms.values()
    result = first.copy()
    for term in others:
        result += term
    return result


def split(effects: Effects, design: Design) -> tuple[Floats, Floats, Floats]:
    """Shares of comments, shares and saves in the engagements of each post; likes are the rest."""
    p, d = effects.parameters, design
    mix = p["engagement.mix"]
    comments = mix["comments"] * by_name(p["engagement.comment_scale"], PLATFORMS)[d.platform]
    comments = comments * by_name(p["engagement.comment_cta"], CTAS)[d.cta]
    shares = mix["shares"] * by_name(p["engagement.share_odds"], EMOTIONS)[d.emotion]
    saves = by_name(p["engagement.saves_share"], PLATFORMS)[d.platform]
    return comments, shares, saves


def has_link(design: Design) -> NDArray[np.bool_]:
    """Posts that carry a link: link posts, a call to click, and every LINE message."""
    link, ask = list(FORMATS).index("link"), list(CTAS).index("link")
    return (design.format == link) | (design.cta == ask) | (design.platform == PLATFORMS.index("line"))


def chance_factor(parameters: Parameters, breadth: float = 0.0) -> float:
    """Mean of what chance multiplies reach by; with ``engagement.breadth``, engagements.

    breadth: change of the log engagement rate for each unit of unexpected log reach.
    """
    p, felt = parameters, 1.0 + breadth
    normal = (felt * p["reach.noise_sd"]) ** 2 + (p["reach.feedback"] * _first_hour_share(p)[1]) ** 2
    viral = 1.0 + p["reach.viral_share"] * np.expm1(felt * p["reach.viral_size"])
    return float(np.exp(normal / 2) * viral)


def _first_hour_share(parameters: Parameters) -> tuple[float, float]:
    """Weights of content and of chance in the standardised first-hour engagement."""
    chance = parameters["reach.first_hour_noise"]
    whole = float(np.hypot(1.0, chance))
    return 1.0 / whole, chance / whole


def expected(effects: Effects, design: Design) -> dict[str, Floats]:
    """Expected reach, engagements and link clicks of each post, before any chance [n]."""
    p = effects.parameters
    log_reach = total(reach_terms(effects, design))
    log_reach = log_reach + p["reach.feedback"] * _first_hour_share(p)[0] * design.hook
    plain = np.exp(log_reach)
    reach = plain * chance_factor(p)
    rate = expit(total(engagement_terms(effects, design)))
    engagements = plain * rate * chance_factor(p, p["engagement.breadth"])
    clicks = reach * expit(total(click_terms(effects, design))) * has_link(design)
    return {"reach": reach, "engagements": engagements, "link_clicks": clicks}


def draw(effects: Effects, design: Design, seed: np.random.SeedSequence, workers: int = WORKERS) -> Outcome:
    """Realised numbers of every post; the same seed gives the same numbers whatever ``workers`` is."""
    parts = [slice(start, start + CHUNK) for start in range(0, max(len(design), 1), CHUNK)]
    jobs = list(zip(parts, seed.spawn(len(parts)), strict=True))
    if len(jobs) == 1:
        return _draw_part(effects, design, np.random.default_rng(jobs[0][1]))
    with ThreadPoolExecutor(workers) as pool:
        drawn = list(
            pool.map(
                lambda job: _draw_part(effects, design.rows(job[0]), np.random.default_rng(job[1])), jobs
            )
        )
    return Outcome(**{name: np.concatenate([vars(part)[name] for part in drawn]) for name in vars(drawn[0])})


def _draw_part(effects: Effects, design: Design, rng: np.random.Generator) -> Outcome:
    p, n = effects.parameters, len(design)
    content, chance = _first_hour_share(p)
    first_hour = content * design.hook + chance * rng.standard_normal(n)
    luck = p["reach.noise_sd"] * rng.standard_normal(n)
    luck += p["reach.viral_size"] * (rng.random(n) < p["reach.viral_share"])
    log_reach = total(reach_terms(effects, design)) + p["reach.feedback"] * first_hour + luck
    reach = np.rint(np.exp(log_reach)).astype(np.int64)
    rate = expit(total(engagement_terms(effects, design)) + p["engagement.breadth"] * luck)
    engaged = _beta_binomial(rng, reach, rate, p["engagement.dispersion"])
    comment_share, share_share, save_share = split(effects, design)
    own = np.exp(p["engagement.mix_sd"] * rng.standard_normal((2, n)) - p["engagement.mix_sd"] ** 2 / 2)
    comment_share, share_share = np.minimum([comment_share, share_share] * own, 0.4)
    comments = rng.binomial(engaged, comment_share)
    shares = rng.binomial(engaged - comments, share_share / (1 - comment_share))
    rest = engaged - comments - shares
    saves = rng.binomial(rest, save_share / (1 - comment_share - share_share))
    linked = has_link(design)
    clicks = np.zeros(n, dtype=np.int64)
    clicked = expit(total(click_terms(effects, design.rows(linked))))
    clicks[linked] = _beta_binomial(rng, reach[linked], clicked, p["engagement.dispersion"])
    per_reach = by_name(p["reach.views_per_reach"], FORMATS)[design.format]
    repeats = rng.poisson(reach * (per_reach - 1.0))
    follows = rng.poisson(reach * by_name(p["followers.follow_rate"], PLATFORMS)[design.platform])
    return Outcome(reach, reach + repeats, rest - saves, comments, shares, saves, clicks, follows)


def _beta_binomial(rng: np.random.Generator, number: Ints, share: Floats, dispersion: float) -> Ints:
    return rng.binomial(number, rng.beta(share * dispersion, (1 - share) * dispersion))
