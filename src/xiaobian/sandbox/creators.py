"""Creators a brand could hire: what an editor can see of them, and what is true behind it.

Signals follow what exports and a look at the posts allow (likes against comments, repeated comments, the same few
commenters, comments at once, jumps in followers). Sizes are design parameters of ``creators``; engagement by
tier is a vendor's figure, the elasticity from Leung et al. 2022 (doi 10.1177/00222429221102889).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import TableError
from ..tables import conform
from .parameters import Parameters

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

FRAUDS: dict[str, str] = {"none": "沒有", "bought": "買粉", "pod": "互助團", "both": "兩者都有"}


def draw_creators(
    parameters: Parameters, rng: np.random.Generator, number: int | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Creators as an editor sees them, and their truth.

    number: how many; None takes ``creators.number``. A fixed share of them (``creators.fake_share``) bought
    followers, trade comments in a pod, or both. Signals come from the posts seen, so few posts give rough ones.

    Returns table ``creators`` and a frame with a row a creator: creator_id, fraud (a key of ``FRAUDS``),
    real_share (of the followers shown, 0–1), authentic_rate (authentic engagements ÷ followers shown, a post),
    authentic_engagements (expected, a post), authentic_share (of all engagements), cost_per_authentic (NT$) and
    brand_effect (see ``brand_effect``, for one post at the price asked).

    Raises TableError when ``number`` is below 1.

    >>> from xiaobian.sandbox.parameters import load
    >>> seen, truth = draw_creators(load(), np.random.default_rng(1), 50)
    >>> int((truth["fraud"] != "none").sum())
    10
    """
    n = parameters["creators.number"] if number is None else number
    if n < 1:
        raise TableError("創作者至少要有 1 位", where="number")
    fraud = _frauds(parameters, rng, n)
    bought, pod = np.isin(fraud, ("bought", "both")), np.isin(fraud, ("pod", "both"))
    who = _profiles(parameters, rng, n)
    fake = _between(parameters, rng, "natural_fake", n)
    fake = np.where(bought, _between(parameters, rng, "bought_followers", n), fake)
    shown = who["followers"].to_numpy()
    authentic = shown * (1 - fake) * _rates(parameters, rng, shown * (1 - fake))
    traded = _between(parameters, rng, "pod_comments", n) * pod
    posts, authentic_share = _posts(
        parameters, rng, authentic, traded, _fake_likes(parameters, rng, bought, pod)
    )
    signals = _comment_signals(parameters, rng, posts["posts_seen"].to_numpy(), traded)
    spike = _growth_spike(parameters, rng, fake, bought)
    ids = pd.Series([f"kol{i:03d}" for i in range(1, n + 1)], name="creator_id")
    table = conform(pd.concat([ids, who, posts, signals, spike], axis=1), "creators")
    price, fit = who["price_ntd"].to_numpy(), who["fit"].to_numpy()
    truth = {
        "creator_id": table["creator_id"],
        "fraud": fraud,
        "real_share": 1 - fake,
        "authentic_rate": authentic / shown,
        "authentic_engagements": authentic,
        "authentic_share": authentic_share,
        "cost_per_authentic": price / authentic,
        "brand_effect": brand_effect(parameters, authentic, fit, price, price),
    }
    return table, pd.DataFrame(truth)


def brand_effect(
    parameters: Parameters,
    authentic: npt.ArrayLike,
    fit: npt.ArrayLike,
    spend_ntd: npt.ArrayLike,
    price_ntd: npt.ArrayLike,
) -> Floats:
    """Authentic engagements that count for the brand when ``spend_ntd`` goes to a creator; arrays broadcast.

    One post's worth at the price asked, times (spend ÷ price) to the power of the elasticity .46 (Leung et al.
    2022), times an inverted U of fit with its top at ``creators.fit_best``.

    authentic: expected authentic engagements a post. fit: 0–1. spend_ntd, price_ntd: NT$, price above 0.

    Raises TableError for a negative spend, a price not above 0, or a fit outside 0–1.

    >>> from xiaobian.sandbox.parameters import load
    >>> one, two = brand_effect(load(), 100, 0.65, [1000, 2000], 1000)
    >>> float(round(one, 1)), float(round(two / one, 3)) == round(2**0.46, 3)
    (100.0, True)
    """
    spend, price, near = (np.asarray(a, dtype=float) for a in (spend_ntd, price_ntd, fit))
    if not ((spend >= 0).all() and (price > 0).all()):
        raise TableError("花費不能是負的，報價要大於 0", where="spend_ntd、price_ntd")
    if not ((near >= 0) & (near <= 1)).all():
        raise TableError("契合度要介於 0 和 1", where="fit")
    distance = near - parameters["creators.fit_best"]
    curve = np.exp(-parameters["creators.fit_curve"] * distance**2)
    more = (spend / price) ** parameters["creators.elasticity"]
    return np.asarray(np.asarray(authentic, dtype=float) * more * curve)


def _frauds(parameters: Parameters, rng: np.random.Generator, n: int) -> npt.NDArray[np.str_]:
    fakes = round(n * parameters["creators.fake_share"])
    kinds = parameters["creators.fraud_kinds"]
    drawn = rng.choice(list(kinds), fakes, p=list(kinds.values()))
    return np.asarray(rng.permutation(np.concatenate([drawn, np.repeat("none", n - fakes)])))


def _between(parameters: Parameters, rng: np.random.Generator, key: str, n: int) -> Floats:
    low, high = parameters[f"creators.{key}"]
    return rng.uniform(low, high, n)


def _profiles(parameters: Parameters, rng: np.random.Generator, n: int) -> pd.DataFrame:
    """Platform, followers shown, tier, fit and price."""
    tiers, mix = parameters["creators.tiers"], parameters["creators.tier_mix"]
    tier = rng.choice(list(mix), n, p=list(mix.values()))
    low, high = np.log([tiers[name] for name in tier]).T
    followers = np.exp(rng.uniform(low, high)).astype(np.int64)
    platforms = parameters["creators.platforms"]
    price = parameters["creators.price_per_1000"] * (followers / 1000) ** parameters["creators.price_power"]
    noise = np.exp(rng.normal(0, parameters["creators.price_sd"], n))
    warm, cool = parameters["creators.fit_shape"]
    return pd.DataFrame(
        {
            "platform": rng.choice(list(platforms), n, p=list(platforms.values())),
            "followers": followers,
            "tier": tier,
            "fit": rng.beta(warm, cool, n).round(3),
            "price_ntd": (price * noise).round(-2).clip(parameters["creators.price_least"]),
        }
    )


def _rates(parameters: Parameters, rng: np.random.Generator, followers: Floats) -> Floats:
    """Engagements ÷ real followers, a post: smooth in followers through the middle of each tier."""
    tiers, rates = parameters["creators.tiers"], parameters["creators.tier_rate"]
    middles = [np.log(tiers[name]).mean() for name in tiers]
    typical = np.exp(np.interp(np.log(followers), middles, np.log([rates[name] for name in tiers])))
    return np.asarray(typical * np.exp(rng.normal(0, parameters["creators.rate_sd"], len(followers))))


def _fake_likes(parameters: Parameters, rng: np.random.Generator, bought: Flags, pod: Flags) -> Floats:
    """Share of likes that are bought or traded."""
    from_farm = _between(parameters, rng, "bought_likes", len(bought)) * bought
    from_pod = _between(parameters, rng, "pod_likes", len(pod)) * pod
    return 1 - (1 - from_farm) * (1 - from_pod)


def _posts(
    parameters: Parameters, rng: np.random.Generator, authentic: Floats, traded: Floats, fake_likes: Floats
) -> tuple[pd.DataFrame, Floats]:
    """What the posts seen add up to, and the authentic share of all engagements expected."""
    n, mix = len(authentic), parameters["engagement.mix"]
    low, high = parameters["creators.posts_seen"]
    posts = np.exp(rng.uniform(np.log(low), np.log(high + 1), n)).astype(np.int64)
    spread = parameters["creators.post_sd"]
    luck = np.exp(rng.normal(-(spread**2) / 2, spread, (n, high)))
    total = authentic * (luck * (np.arange(high) < posts[:, None])).sum(axis=1)
    chatty = mix["comments"] * np.exp(rng.normal(0, parameters["creators.comment_sd"], n))
    quiet = (1 - chatty) / (mix["likes"] + mix["shares"])
    parts = {
        "comments": chatty / (1 - traded),
        "likes": quiet * mix["likes"] / (1 - fake_likes),
        "shares": quiet * mix["shares"],
    }
    counts = {name: rng.poisson(total * part) for name, part in parts.items()}
    seen = {
        "posts_seen": posts,
        "engagements": sum(counts.values()),
        "likes": counts["likes"],
        "comments": counts["comments"],
    }
    return pd.DataFrame(seen), np.asarray(1 / sum(parts.values()))


def _comment_signals(
    parameters: Parameters, rng: np.random.Generator, posts: npt.NDArray[np.int64], traded: Floats
) -> pd.DataFrame:
    """Shares of comments that look traded: a mixture of ordinary and pod comments, rougher with fewer posts."""
    certainty = posts * parameters["creators.signal_comments"]
    found = {}
    for name, (ordinary, in_pod) in parameters["creators.signals"].items():
        own = rng.normal(0, parameters["creators.signal_sd"], len(posts))
        usual = 1 / (1 + (1 - ordinary) / ordinary * np.exp(-own))
        expected = (1 - traded) * usual + traded * in_pod
        found[name] = rng.beta(expected * certainty, (1 - expected) * certainty).round(4)
    return pd.DataFrame(found)


def _growth_spike(parameters: Parameters, rng: np.random.Generator, fake: Floats, bought: Flags) -> pd.Series:
    """Biggest day of growth ÷ followers: a lucky post, or the biggest delivery of bought followers."""
    median, spread = parameters["creators.spike"]
    lucky = median * np.exp(rng.normal(0, spread, len(fake)))
    delivered = fake * _between(parameters, rng, "bought_at_once", len(fake)) * bought
    return pd.Series(np.maximum(lucky, delivered).round(4), name="growth_spike")
