"""How often the verdict of Compare is wrong, and how often it says something: simulated, so that the truth is known.

    python -m tools.benchmarks.verdict            # a few minutes on one core
    python -m tools.benchmarks.verdict --quick    # less of everything, for the tests

Six stops answer the same photos. A photo is hard or easy for all of them (logit-normal) and a little more so for one of
them; each try is better or worse by its luck. Prints tables in Markdown; exits 1 where a verdict is wrong too often.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special, stats

from core.evaluation import paired
from core.evaluation.model_selection import margin_of, words

STOPS = 6
BEST = 0.9  # share of right answers of the best stop
SPREAD, OWN = 2.0, 0.5  # standard deviations of the photos in logits: for all stops, for one of them
ALLOWED = 0.05
# Standard deviation of a try in logits, a stop each, cheapest first. Drawn and real people gave 0.15 to 0.65.
LUCK = {
    "0.2": (0.2,) * STOPS,
    "0.33": (0.33,) * STOPS,
    "0.65": (0.65,) * STOPS,
    "0.15 to 0.8": (0.8, 0.15, 0.33, 0.15, 0.5, 0.33),
    "0.2, one 1.2": (0.2, 0.2, 1.2, 0.2, 0.2, 0.2),
}
USUAL = "0.33"


@dataclass(frozen=True)
class Truth:
    """What is true of the stops: how far each lies behind the best one, in margins; cheapest first."""

    name: str
    behind: tuple[float, ...]


LEVEL = Truth("all equal", (0.0,) * STOPS)
ONE_BAD = Truth("one far behind, the others equal", (0.0, 0.0, 5.0, 0.0, 0.0, 0.0))
CHEAPEST_AT = Truth("the cheapest at the margin, the others equal", (1.0, 0.0, 0.0, 0.0, 0.0, 0.0))
CHEAPEST_BEYOND = Truth("the cheapest beyond the margin, one far behind", (1.5, 0.0, 5.0, 0.0, 0.0, 0.0))
FIVE_AT = Truth("five at the margin", (1.0, 1.0, 1.0, 1.0, 1.0, 0.0))
FIVE_BEYOND = Truth("five beyond the margin", (1.5, 1.5, 1.5, 1.5, 1.5, 0.0))
TRUTHS = (LEVEL, ONE_BAD, CHEAPEST_AT, CHEAPEST_BEYOND, FIVE_AT, FIVE_BEYOND)


@dataclass(frozen=True)
class Rates:
    """What many comparisons of one kind said, as shares of them.

    Attributes:
        false_worse: something was called clearly worse that is as good as the best.
        false_winner: one stop was called the best of all while another one is as good.
        false_good: something was called as good that is the margin behind or more.
        good, worse: float, shape (STOPS,), how often each stop was called that.
        any_good: something was called as good, so there is a stop to take.
        taken: float, shape (STOPS,), how often each was the one to take.
    """

    false_worse: float
    false_winner: float
    false_good: float
    good: np.ndarray
    worse: np.ndarray
    any_good: float
    taken: np.ndarray

    @property
    def errors(self) -> tuple[float, float, float]:
        return self.false_worse, self.false_winner, self.false_good


def draw(
    rng: np.random.Generator, n: int, accuracies: Sequence[float], luck: Sequence[float], tries: int, photos: int
) -> np.ndarray:
    """Draw answers, bool, shape (n, n_stops, tries, photos); over tries and photos, stops are as accurate as asked."""
    stops, sd = len(accuracies), np.asarray(luck)
    mean = [
        _logit(share, float(np.sqrt(SPREAD**2 + OWN**2 + one**2))) for share, one in zip(accuracies, sd, strict=True)
    ]
    ability = np.asarray(mean)[:, None] + sd[:, None] * rng.standard_normal((n, stops, tries))
    ease = SPREAD * rng.standard_normal((n, 1, photos)) + OWN * rng.standard_normal((n, stops, photos))
    chance = special.expit((ability[..., None] + ease[:, :, None, :]).astype(np.float32))
    return np.asarray(rng.random(chance.shape, np.float32) < chance)


def _logit(share: float, sd: float) -> float:
    """Compute the mean logit with which photos of that standard deviation are right so often."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(61)
    weights = weights / weights.sum()
    return float(optimize.brentq(lambda mean: special.expit(mean + sd * nodes) @ weights - share, -30, 30))


def simulate(
    rng: np.random.Generator, n: int, behind: Sequence[float], luck: Sequence[float], tries: int, photos: int
) -> Rates:
    """Judge `n` comparisons in which each stop truly is so many photos of the exam behind the best."""
    lost = np.asarray(behind)
    right = draw(rng, n, BEST - lost / photos, luck, tries, photos)
    is_good, is_worse, *_ = words(paired.differences(right), photos)
    is_best, is_beyond = lost < 1e-9, lost > margin_of(photos) - 1e-9
    crowned = (is_good.sum(axis=1) == 1) & (is_good | is_worse).all(axis=1)
    takes = np.where(is_good.any(axis=1), is_good.argmax(axis=1), -1)
    return Rates(
        false_worse=float(is_worse[:, is_best].any(axis=1).mean()),
        false_winner=float(crowned.mean())
        if is_best.sum() > 1
        else float((crowned & ~is_good[:, is_best][:, 0]).mean()),
        false_good=float(is_good[:, is_beyond].any(axis=1).mean()),
        good=is_good.mean(axis=0),
        worse=is_worse.mean(axis=0),
        any_good=float(is_good.any(axis=1).mean()),
        taken=np.array([(takes == stop).mean() for stop in range(len(lost))]),
    )


def most_allowed(n: int) -> float:
    """Compute the share up to which a true rate of 5 % comes by chance in 99 of 100 simulations of this size."""
    return float(stats.binom.ppf(0.99, n, ALLOWED)) / n


def errors(n: int, tries: Sequence[int], photos: Sequence[int], lucks: Sequence[str]) -> Iterator[tuple[str, Rates]]:
    """Simulate every mixture of truth, luck, tries and photos; give a name and what came of it, one after the other."""
    for number, (truth, name, n_tries, n_photos) in enumerate(
        (truth, name, n_tries, n_photos)
        for n_tries in tries
        for n_photos in photos
        for truth in TRUTHS
        for name in lucks
    ):
        behind = np.asarray(truth.behind) * margin_of(n_photos)
        rates = simulate(np.random.default_rng((1, number)), n, behind, LUCK[name], n_tries, n_photos)
        yield f"{n_tries} | {n_photos} | {truth.name} | {name}", rates


def print_errors(n: int, tries: Sequence[int], photos: Sequence[int], lucks: Sequence[str]) -> bool:
    """Print the worst luck of each truth as a table; tell whether all of them keep the promise."""
    limit = most_allowed(n)
    worst: dict[str, list[tuple[float, str]]] = {}
    for name, rates in errors(n, tries, photos, lucks):
        row, luck = name.rsplit(" | ", 1)
        found = worst.setdefault(row, [(-1.0, "")] * 3)
        worst[row] = [max(old, (new, luck)) for old, new in zip(found, rates.errors, strict=True)]
    print(f"Wrong in so many of 100 comparisons, at the worst of the lucks {', '.join(lucks)} ({n} each).")
    print(f"Allowed: {100 * ALLOWED:.0f}; up to {100 * limit:.1f} can be chance in a simulation of this size.\n")
    print(
        '| tries | photos | truth | false "clearly worse" | false winner | false "as good" |',
        "|---|---|---|---|---|---|",
        sep="\n",
    )
    for row, rates in worst.items():
        print(
            f"| {row} | {' | '.join(f'{100 * rate:.1f} (luck {luck})' if rate > 0 else '0' for rate, luck in rates)} |"
        )
    return max(rate for rates in worst.values() for rate, _ in rates) <= limit


def print_power(n: int, tries: Sequence[int], photos: Sequence[int], of_72: Sequence[int]) -> None:
    print(
        f"\nThe cheapest truly behind the five others, luck {USUAL} ({n} each): how many of 100 comparisons say so.\n"
    )
    print(
        f"| tries | photos | {' | '.join(f'{d} of 72' for d in of_72)} |", f"|---|---|{'---|' * len(of_72)}", sep="\n"
    )
    for n_tries in tries:
        for n_photos in photos:
            said = []
            for d in of_72:
                behind = (d * n_photos / 72, *[0.0] * (STOPS - 1))
                rates = simulate(np.random.default_rng((2, d)), n, behind, LUCK[USUAL], n_tries, n_photos)
                said.append(f"{100 * rates.worse[0]:.0f}")
            print(f"| {n_tries} | {n_photos} | {' | '.join(said)} |")


def print_something_to_take(n: int, tries: Sequence[int], photos: Sequence[int]) -> None:
    """Print how often there is a stop to take, where all are equal and where the cheapest is not enough."""
    print(
        f"\nHow many of 100 comparisons name a stop to take ({n} each); in brackets: the cheapest of the equal ones.\n"
    )
    print(
        "| tries | photos | luck | all equal | the cheapest far behind (3 margins) |", "|---|---|---|---|---|", sep="\n"
    )
    for n_tries in tries:
        for n_photos in photos:
            for luck in ("0.2", USUAL):
                rng = np.random.default_rng((3, n_tries, n_photos))
                level = simulate(rng, n, (0.0,) * STOPS, LUCK[luck], n_tries, n_photos)
                lost = (3.0 * margin_of(n_photos), *[0.0] * (STOPS - 1))
                other = simulate(rng, n, lost, LUCK[luck], n_tries, n_photos)
                cells = [
                    f"{100 * each.any_good:.0f} ({100 * each.taken[k]:.0f})" for k, each in enumerate((level, other))
                ]
                print(f"| {n_tries} | {n_photos} | {luck} | {' | '.join(cells)} |")


def print_case(n: int) -> bool:
    """Print the case that the rule before this one got wrong: not clearly worse was called enough."""
    rates = simulate(np.random.default_rng(4), n, (5.5, 0, 0, 0, 0, 40.0), LUCK[USUAL], 3, 72)
    good, worse = 100 * rates.good, 100 * rates.worse
    print(
        f"\n72 photos, three tries, luck {USUAL}; the cheapest truly 5.5 behind, one stop very bad ({n} comparisons)."
    )
    print(f"Of 100: the cheapest is called as good in {good[0]:.1f}, clearly worse in {worse[0]:.1f};")
    print(f"another one is the one to take in {100 * (rates.any_good - rates.taken[0]):.1f};")
    print(f"the very bad one is clearly worse in {worse[-1]:.1f}.")
    return bool(rates.good[0] <= most_allowed(n))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer comparisons and kinds of them")
    if parser.parse_args(arguments).quick:
        kept = print_errors(200, (3,), (72,), (USUAL, "0.15 to 0.8"))
        return 0 if print_case(200) and kept else 1
    kept = print_errors(1000, (1, 3, 10), (24, 72, 144), tuple(LUCK))
    print_power(1000, (1, 3, 6, 10), (72, 144), (2, 4, 6, 8, 10))
    print_something_to_take(1000, (3, 6, 10), (72, 144))
    return 0 if print_case(1000) and kept else 1


if __name__ == "__main__":
    sys.exit(main())
