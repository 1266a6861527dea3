"""What stands between a brand and its public after each response, and what that does to the next hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..parameters import Parameters
from .scenarios import FLAGS, Option
from .values import (
    SILENCE,
    Floats,
    Form,
    branching,
    contradicts,
    match,
    response_value,
    silent_form,
    specificity,
    timely,
)


@dataclass(frozen=True)
class Case:
    """What is true of one crisis whatever the brand does.

    blame: attributed responsibility before any disclosure, 0–1. arousal: share of high-arousal posts, 0–1.
    platform: where it started. team_hours: hours from which the team alone knows something worth disclosing.
    deniable_from: hour from which a denial can be proven, or None.
    """

    cluster: str
    blame: float
    vivid: bool
    severity: float
    platform: str
    arousal: float
    team_hours: tuple[float, ...] = ()
    deniable_from: float | None = None


@dataclass(frozen=True)
class Response:
    """One recorded action.

    at: first whole hour it can change. delay: hours since hour 0, for timeliness. strategies: none where nothing was
    answered and only the schedule was touched. consistent, active: shares 0–1, or None where nobody judged them.
    specific: whether the text names concrete details. pauses_schedule, resumes_schedule: the last one counts.
    """

    at: int
    delay: float
    strategies: tuple[str, ...]
    consistent: float | None = None
    active: float | None = None
    empathy: bool = False
    private_channel: bool = False
    compensation: bool = False
    explanation: bool = False
    self_disclosure: bool = False
    pauses_schedule: bool = False
    specific: bool = False
    text: str | None = None
    option: str | None = None
    resumes_schedule: bool = False

    @property
    def spoken(self) -> bool:
        """Whether the public got to read anything."""
        return bool(set(self.strategies) - {SILENCE})

    def repeats(self, other: Response) -> bool:
        """Whether it uses the same strategies in the same words (or no words were kept)."""
        return set(self.strategies) == set(other.strategies) and self.text == other.text


@dataclass(frozen=True)
class Standing:
    """How the brand stands at an hour: blame 0–1, match −1 to 1, form, response value, change of branching."""

    blame: float
    match: float
    form: Form
    value: float
    shift: float


def standing(case: Case, responses: Sequence[Response], hour: float, parameters: Parameters) -> Standing:
    """How the brand stands at an hour, from all responses up to then.

    Before anything is said the public waits one ``crisis.timely_hours`` of the platform; after that, silence
    is itself an answer. Timeliness is that of the first reply, the match is the mean over replies (a repeated
    template counts less), initiative adds up, and contradiction costs consistency.
    """
    made = [response for response in responses if response.at <= hour]
    spoken = [response for response in made if response.spoken]
    blame = _blame(case, spoken, parameters)
    shift = branching_shift(case, made, parameters)
    if spoken:
        fit, form = _match(case, spoken, parameters), _form(case, made, spoken, parameters)
    else:
        fit, form = match(case.cluster, [SILENCE], parameters), _quiet_form(made, parameters)
    noticed = hour >= parameters["crisis.timely_hours"][case.platform]
    value = float(response_value(blame, fit, form.score, parameters)) if spoken or noticed else 0.0
    return Standing(blame, fit, form, value, shift)


def discloses(case: Case, response: Response) -> bool:
    """Whether a response steals thunder: it says first, and in detail, what only the team knows."""
    return (
        response.self_disclosure
        and response.specific
        and any(hour <= response.delay for hour in case.team_hours)
    )


def provable(case: Case, response: Response) -> bool:
    """Whether a denial made in this response can be proven by then."""
    return case.deniable_from is not None and response.delay >= case.deniable_from


def branching_shift(case: Case, responses: Sequence[Response], parameters: Parameters) -> float:
    """What empathy or a private channel, explanation and early compensation add to the branching.

    Empathy helps only within ``crisis.early_hours``; explanation by the share of high arousal; each use again
    counts ``crisis.repetition`` times the one before. Compensation fuels it where it comes first.
    """
    early, decay = parameters["crisis.early_hours"], parameters["crisis.repetition"]
    warm = sum((r.empathy or r.private_channel) and r.delay <= early for r in responses)
    explained = sum(r.explanation for r in responses if r.spoken)
    spoken = [r for r in responses if r.spoken]
    first_pays = bool(spoken) and spoken[0].compensation
    return (
        parameters["crisis.empathy"] * _decayed(warm, decay)
        + parameters["crisis.explanation"] * case.arousal * _decayed(explained, decay)
        + parameters["crisis.compensation_first"] * first_pays
    )


def hourly(
    case: Case, responses: Sequence[Response], hours: int, parameters: Parameters
) -> tuple[Floats, Standing]:
    """Branching of every hour, and how the brand stands at the end."""
    noticed = int(np.ceil(parameters["crisis.timely_hours"][case.platform]))
    found = np.empty(hours)
    for start in sorted({0, noticed, *(response.at for response in responses)}):
        if start < hours:
            found[start:] = spread(case, standing(case, responses, start, parameters), parameters)
    return found, standing(case, responses, hours, parameters)


def spread(case: Case, now: Standing, parameters: Parameters) -> float:
    """Mentions that one mention brings about while the brand stands so."""
    return float(branching(now.value, case.vivid, parameters, now.shift))


def negative_level(now: Standing, parameters: Parameters) -> float:
    """Share of negative mentions that the public moves to while the brand stands so, 0–1."""
    start, top = parameters["crisis.negative_share"]
    level = top - (top - start) * parameters["crisis.negative_response"] * now.value
    return float(np.clip(level, 0.02, 0.95))


def without(responses: Sequence[Response], position: int) -> tuple[Response, ...]:
    """The responses less one; what others meant by the hours they were given stays."""
    return tuple(r for n, r in enumerate(responses) if n != position)


def moved(response: Response, delay: float) -> Response:
    """The same response at another hour."""
    return replace(response, delay=delay, at=int(np.ceil(delay)))


def is_specific(text: str | None, parameters: Parameters) -> bool:
    """Whether a statement names enough concrete details for a disclosure to protect."""
    return text is not None and specificity(text) >= parameters["crisis.specific_details"]


def of_option(option: Option, at: int, delay: float, parameters: Parameters) -> Response:
    """A scenario's option given at an hour, with what it brings along."""
    return Response(
        at=at,
        delay=delay,
        strategies=option.strategy,
        specific=is_specific(option.says, parameters),
        text=option.says or None,
        option=option.id,
        **{name: getattr(option, name) for name in FLAGS},
    )


def _decayed(times: int, factor: float) -> float:
    return sum(factor**n for n in range(times))


def _blame(case: Case, spoken: Sequence[Response], parameters: Parameters) -> float:
    told = any(discloses(case, response) for response in spoken)
    return float(np.clip(case.blame + parameters["crisis.stealing_thunder"] * told, 0.0, 1.0))


def _weights(spoken: Sequence[Response], parameters: Parameters) -> Floats:
    earlier = [sum(r.repeats(other) for other in spoken[:n]) for n, r in enumerate(spoken)]
    return parameters["crisis.repetition"] ** np.array(earlier, dtype=float)


def _match(case: Case, spoken: Sequence[Response], parameters: Parameters) -> float:
    fits = [match(case.cluster, r.strategies, parameters, provable=provable(case, r)) for r in spoken]
    return float(np.average(fits, weights=_weights(spoken, parameters)))


def _form(case: Case, made: Sequence[Response], spoken: Sequence[Response], parameters: Parameters) -> Form:
    quiet = 1.0 - _weights(spoken, parameters) * [_active(r, parameters) for r in spoken]
    steady = [
        _consistent(case, r, [s for other in spoken[:n] for s in other.strategies], parameters)
        for n, r in enumerate(spoken)
    ]
    return Form(
        timely=float(timely(spoken[0].delay, case.platform, parameters)),
        consistent=float(np.mean(steady)) * _schedule(made, parameters),
        active=float(1.0 - np.prod(quiet)),
    )


def _quiet_form(made: Sequence[Response], parameters: Parameters) -> Form:
    form = silent_form(parameters)
    return replace(form, consistent=form.consistent * _schedule(made, parameters))


def _schedule(made: Sequence[Response], parameters: Parameters) -> float:
    touched = [response for response in made if response.pauses_schedule or response.resumes_schedule]
    paused = bool(touched) and not touched[-1].resumes_schedule
    return 1.0 if paused else parameters["crisis.schedule_running"]


def _active(response: Response, parameters: Parameters) -> float:
    if response.active is not None:
        return response.active
    signs = response.empathy, response.explanation, response.private_channel, response.self_disclosure
    start = parameters["crisis.default_form"]["active"]
    return min(1.0, start + parameters["crisis.active_sign"] * sum(signs))


def _consistent(case: Case, response: Response, before: Sequence[str], parameters: Parameters) -> float:
    level = parameters["crisis.default_form"]["consistent"]
    level = min(1.0, level) if response.consistent is None else response.consistent
    if "deny" in response.strategies and not provable(case, response):
        level = min(level, parameters["crisis.denial_consistency"])
    if contradicts(response.strategies, before):
        level *= parameters["crisis.contradiction"]
    return level
