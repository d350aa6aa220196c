"""The numbers of a result computed again from the two tables of its zip, in plain Python, by another path."""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from scipy import optimize, stats

from core.data.versions import save_dataset
from core.evaluation.paired import PRIOR_DF, PRIOR_LUCK
from core.sweeps import results
from core.sweeps.plan import Cell, Start, SweepPlan
from core.workspace import Workspace
from tests import fakes
from tests.made_sweeps import Outcome, make_sweep
from ui.compare import export

PEOPLE = ("Ada", "<b>Bo</b>", "Chen", "Dora", "Emil", "Fay")
SEEDS = (0, 1, 2, 3)
DEPTHS = SweepPlan(depths=(0, 10, 13), seeds=SEEDS)
VGG = Start("face-vgg-mini")
NOTHING = replace(VGG, pretrained=False)
# What the tables call a network.
IDS = {"Mini": "face-vgg-mini", "MobileNetV2": "imagenet-mobilenetv2"}
COLUMNS = {"depth": "frozen layers", "photos": "practice photos", "size": "size"}
MOBILE_BY_PLACE = {0: 0.3, 14: 0.9, 19: 0.5}
Row = dict[str, str]
Share = Callable[[Cell], float]


def scattered(final: Share, mock: Share | None = None) -> Outcome:
    """Let other photos be right in every try, about as many as `final` says; some photos are hard for all."""

    def outcome(cell: Cell, n: int) -> tuple[np.ndarray, float]:
        rng = np.random.default_rng((cell.seed, cell.depth, cell.size_px, cell.photos or 0, cell.start.pretrained))
        hard = np.random.default_rng(7).uniform(-0.25, 0.25, n)
        luck = rng.uniform(size=n)
        return luck < final(cell) + hard, (mock or final)(cell) + 0.001 * cell.seed

    return outcome


def by_depth(shares: dict[int, float]) -> Share:
    return lambda cell: shares[cell.depth]


def unsteady(cell: Cell) -> float:
    """Return a setting whose tries differ a lot, beside two that are right everywhere."""
    return (0.2, 0.5, 0.95, 0.7)[cell.seed] if cell.depth == 13 else 2.0


def rated(cell: Cell) -> float:
    """Return 0.001 the better exams at depth 0, 0.01 at the others."""
    is_better = (cell.depth == 0) != (cell.rate == 0.01)
    return {0: 0.4, 10: 1.3, 13: 0.5}[cell.depth] - (0.0 if is_better else 0.3)


@dataclass(frozen=True)
class Made:
    """A sweep and what must come of it, a kind of verdict a line, and a word of each headline."""

    plan: SweepPlan
    outcome: Outcome
    kinds: tuple[str, ...]
    says: str = ""
    of_group: int = 1


MADE = {
    "best": Made(DEPTHS, scattered(by_depth({0: 0.2, 10: 1.3, 13: 0.3})), ("best",)),
    "enough": Made(DEPTHS, scattered(by_depth({0: 1.3, 10: 1.3, 13: 0.1})), ("enough",)),
    "takes": Made(DEPTHS, scattered(by_depth({0: 0.1, 10: 1.3, 13: 0.1})), ("best",), of_group=2),
    "level": Made(DEPTHS, scattered(by_depth({0: 0.7, 10: 0.7, 13: 0.7})), ("cannot_tell",), "cannot tell"),
    "all right": Made(DEPTHS, scattered(by_depth({0: 1.3, 10: 1.3, 13: 1.3})), ("cheapest",), "just as good"),
    "guessing": Made(DEPTHS, scattered(by_depth({0: 0.15, 10: 0.2, 13: 0.15})), ("nothing_learned",)),
    "luck of tries": Made(DEPTHS, scattered(unsteady), ("enough",), "block 5"),
    "photos": Made(
        SweepPlan(depths=(13,), photos=(1, 3, None), seeds=SEEDS),
        scattered(lambda cell: {1: 0.1, 3: 1.3, None: 1.3}[cell.photos]),
        ("enough",),
    ),
    "sizes": Made(
        SweepPlan(depths=(13,), sizes_px=(48, 64, 96), seeds=SEEDS),
        scattered(lambda cell: {48: 0.1, 64: 0.2, 96: 1.3}[cell.size_px]),
        ("best",),
    ),
    "two networks": Made(
        replace(DEPTHS, starts=(VGG, NOTHING)),
        scattered(lambda cell: {0: 0.2, 10: 1.3, 13: 0.3}[cell.depth] if cell.start.pretrained else 0.15),
        ("best", "nothing_learned"),
    ),
    "another network": Made(
        SweepPlan(starts=(Start("imagenet-mobilenetv2"),), depths=tuple(MOBILE_BY_PLACE), seeds=SEEDS),
        scattered(by_depth(MOBILE_BY_PLACE)),
        ("best",),
    ),
    "rates": Made(replace(DEPTHS, rates=(0.001, 0.01)), scattered(rated), ("best",)),
    "one try": Made(replace(DEPTHS, seeds=(0,)), scattered(by_depth({0: 0.05, 10: 1.3, 13: 0.05})), ("enough",)),
}


@dataclass
class Again:
    """One line of a result, counted from the rows of its tries."""

    axis: str
    total: int
    right: dict[int | None, list[int]] = field(default_factory=dict)
    mock: dict[int | None, list[float]] = field(default_factory=dict)
    seconds: dict[int | None, list[float]] = field(default_factory=dict)
    rate: dict[int | None, float] = field(default_factory=dict)
    of_group: dict[int | None, list[dict[str, int]]] = field(default_factory=dict)
    of_photo: dict[int | None, list[list[int]]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    @property
    def cheapest_first(self) -> list[int | None]:
        """What retrains least, has the fewest photos, or the smallest faces; no number is all photos."""
        values = sorted(self.right, key=lambda value: math.inf if value is None else value)
        return values[::-1] if self.axis == "depth" else values

    def mean(self, value: int | None) -> float:
        return sum(self.right[value]) / len(self.right[value])

    def mock_mean(self, value: int | None) -> float:
        return sum(self.mock[value]) / len(self.mock[value])

    def whole(self, value: int | None) -> int:
        """Round as one does in class."""
        return math.floor(self.mean(value) + 0.5)

    def pair(self, row: int | None, column: int | None) -> tuple[float, float, float]:
        """Compute mean difference, standard error and degrees of freedom of two, in plain loops, as shares."""
        tries, takes = len(self.right[row]), list(self.sizes)
        mean = (self.mean(row) - self.mean(column)) / self.total
        # Each take's distance from the mean, in takes of the usual size.
        table = [
            [
                (self.of_group[row][g][take] - self.of_group[column][g][take] - mean * self.sizes[take])
                * len(takes)
                / self.total
                for take in takes
            ]
            for g in range(tries)
        ]
        n = len(takes)
        of_group = [sum(table[g][k] for g in range(tries)) / tries for k in range(n)]
        of_seed = [sum(line) / n for line in table]
        rest = sum((table[g][k] - of_group[k] - of_seed[g]) ** 2 for g in range(tries) for k in range(n))
        ms_error = rest / max(1, (tries - 1) * (n - 1))
        take_part = max((sum(x * x for x in of_group) + 2) / (n + 1) / n, ms_error / (tries * n))
        pairs = zip(self.of_photo[row], self.of_photo[column], strict=True)
        changed = sum(a != b for mine, other in pairs for a, b in zip(mine, other, strict=True))
        changed = (changed / tries / self.total * n + 2) / (n + 2)
        prior = ms_error + n * PRIOR_LUCK**2 * changed**2 / 2
        ms_try = (PRIOR_DF * prior + n * sum(x * x for x in of_seed)) / (PRIOR_DF + tries - 1)
        variance = take_part + max(ms_try - ms_error, 0) / (tries * n)
        df = variance**2 / (take_part**2 / (n - 1) + (ms_try / (tries * n)) ** 2 / (PRIOR_DF + tries - 1))
        return mean, math.sqrt(variance), df

    def worse_p(self) -> dict[int | None, float]:
        """Compute how surely something else is better: Simes over the others, Hommel over all."""
        stops, simes = self.cheapest_first, []
        for stop in stops:
            others = []
            for other in stops:
                if other != stop:
                    mean, error, df = self.pair(stop, other)
                    others.append(float(stats.t.cdf(mean / error, df)))
            ranked = enumerate(sorted(others), 1)
            simes.append(min(len(others) * p / rank for rank, p in ranked))
        # Hommel's p value of one is the largest of Simes' over all sets of stops that it is in.
        found = {}
        for place, stop in enumerate(stops):
            rest = [p for k, p in enumerate(simes) if k != place]
            sets = (s for size in range(len(stops)) for s in itertools.combinations(rest, size))
            found[stop] = max(
                min((len(s) + 1) * p / rank for rank, p in enumerate(sorted((simes[place], *s)), 1)) for s in sets
            )
        return found

    def words(self, margin: int) -> dict[int | None, str]:
        """Say of each stop which of the three words holds."""
        stops, p_values, share = self.cheapest_first, self.worse_p(), margin / self.total
        worse = {stop for stop in stops if p_values[stop] < 0.05}
        furthest = {stop: min(self.mean(stop) - self.mean(other) for other in stops) / self.total for stop in stops}
        looks_behind = {stop for stop in stops if furthest[stop] <= -share / 2} - worse
        said = {}
        for stop in stops:
            level = dunnett(min(len(stops) - 1, 1 + len(looks_behind - {stop})))
            behind = -1.0
            for other in stops:
                if other != stop and other not in worse:
                    mean, error, df = self.pair(stop, other)
                    behind = max(behind, float(stats.t.isf(level, df)) * error - mean)
            is_good = behind <= share + 1e-9
            said[stop] = "as_good" if is_good else "clearly_worse" if stop in worse else "cannot_tell"
        return said


def dunnett(others: int) -> float:
    """Compute the level of one of several tests against a common partner, from the normal distribution of all."""
    normal = stats.multivariate_normal(np.zeros(others), 0.5 + 0.5 * np.eye(others))
    z = optimize.brentq(lambda z: normal.cdf(np.full(others, z), rng=np.random.default_rng(0)) - 0.95, 1, 4, xtol=1e-5)
    return float(stats.norm.sf(z))


def rows_of(table: bytes) -> list[Row]:
    return list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline="")))


def count(runs: Sequence[Row], answers: Sequence[Row], axis: str, network: str, *, pretrained: bool) -> Again:
    """Count one line: at each stop the rate with the best mock exam, of equally good ones the smaller."""
    mine = [row for row in runs if IDS[row["network"]] == network and (row["starts with"] != "untrained") == pretrained]
    tried: dict[int | None, dict[float, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in mine:
        value = None if row[COLUMNS[axis]] == "all" else int(row[COLUMNS[axis]])
        tried[value][float(row["learning rate"])].append(row)
    again = Again(axis, len({row["photo"] for row in answers}))
    for value, by_rate in tried.items():
        rate = min(by_rate, key=lambda rate: (-sum(float(row["mock exam accuracy"]) for row in by_rate[rate]), rate))
        kept = sorted(by_rate[rate], key=lambda row: int(row["seed"]))
        again.rate[value] = rate
        again.mock[value] = [float(row["mock exam accuracy"]) for row in kept]
        again.seconds[value] = [float(row["seconds"]) for row in kept]
        again.right[value], again.of_group[value], again.of_photo[value] = [], [], []
        for run in kept:
            given = [row for row in answers if row["run"] == run["run"]]
            # An answer is right where it is the name of who it is.
            right = [row["true"] == row["predicted"] for row in given]
            assert right == [row["right"] == "1" for row in given]
            assert (sum(right), again.total) == (int(run["right"]), int(run["total"]))
            again.right[value].append(sum(right))
            of_group: dict[str, int] = defaultdict(int)
            for row, is_right in zip(given, right, strict=True):
                of_group[row["take"]] += is_right
            again.of_group[value].append(of_group)
            again.of_photo[value].append([int(is_right) for is_right in right])
            again.sizes = {take: sum(row["take"] == take for row in given) for take in of_group}
    return again


@pytest.fixture(params=MADE)
def zipped(request, tmp_path) -> tuple[Made, dict[str, bytes], dict[str, Any]]:
    """Return a made sweep, its zip, and what the lab tells of it by itself."""
    wanted = MADE[request.param]
    workspace = Workspace(tmp_path / "home")
    dataset = fakes.dataset(workspace, PEOPLE, test_each=12)
    items = tuple(replace(item, group=(item.group or 0) // wanted.of_group) for item in dataset.items)
    dataset = replace(dataset, items=items)
    save_dataset(workspace, dataset)
    sweep = make_sweep(workspace, dataset, wanted.plan, wanted.outcome)
    with zipfile.ZipFile(export.pack(sweep, tmp_path / "along.zip")) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    facts = export.facts(results.lines(wanted.plan, results.results(sweep)), dataset)
    return wanted, files, json.loads(json.dumps(facts))


def test_the_numbers_follow_from_the_tables_alone(zipped):
    wanted, files, facts = zipped
    found = json.loads(files["settings.json"])["found"]
    assert found == facts
    assert tuple(verdict["kind"] for verdict in found["verdict"]) == wanted.kinds
    runs, answers = rows_of(files["runs.csv"]), rows_of(files["predictions.csv"])
    page = files["report.html"].decode("utf-8")
    for verdict in found["verdict"]:
        start = {"network": verdict["network"], "pretrained": verdict["pretrained"]}
        again = count(runs, answers, wanted.plan.axis, **start)
        stops = [row for row in found["depths"] if start.items() <= row.items()]
        check_stops(stops, again)
        check_standings(verdict, again)
        assert wanted.says in verdict["headline"]
        check_sentences(verdict, again, answers)
        for value in again.right:
            assert f"<td>{', '.join(map(str, again.right[value]))}</td><td>{again.mean(value):.1f}</td>" in page


def check_stops(stops: Sequence[dict[str, Any]], again: Again) -> None:
    assert [row["value"] for row in stops] == sorted(
        again.right, key=lambda value: math.inf if value is None else value
    )
    for row in stops:
        value = row["value"]
        assert row["right_each_try"] == again.right[value]
        assert row["tries"] == row["tries_planned"] == len(again.right[value])
        assert row["right"] == pytest.approx(again.mean(value))
        assert row["test_accuracy"] == pytest.approx(again.mean(value) / again.total)
        assert row["validation_accuracy"] == pytest.approx(again.mock_mean(value), abs=1e-6)
        assert row["learning_rate"] == again.rate[value]
        assert row["seconds"] == pytest.approx(float(np.median(again.seconds[value])))
        assert row["total"] == again.total


def check_standings(verdict: dict[str, Any], again: Again) -> None:
    stops = again.cheapest_first
    assert [row["value"] for row in verdict["standings"]] == stops
    assert verdict["margin_right"] == max(1, again.total // 24)
    p_values, words = again.worse_p(), again.words(verdict["margin_right"])
    for row in verdict["standings"]:
        stop = row["value"]
        most = max(again.mean(other) for other in stops if other != stop)
        assert row["rival"] == next(other for other in stops if other != stop and again.mean(other) > most - 1e-9)
        mean, error, df = again.pair(stop, row["rival"])
        reach = float(stats.t.isf(0.025, df)) * error
        assert row["difference"] == pytest.approx(again.total * mean)
        low, high = (again.total * max(-1, min(1, end)) for end in (mean - reach, mean + reach))
        assert row["interval"] == pytest.approx([low, high])
        assert row["worse_p"] == pytest.approx(p_values[stop], rel=1e-6, abs=1e-12)
        assert row["word"] == words[stop]
    assert verdict["tied"] == [stop for stop in stops if words[stop] == "as_good"]


def check_sentences(verdict: dict[str, Any], again: Again, answers: Sequence[Row]) -> None:
    """Hold the numbers of the headline, and what it takes, against the tables and the three words."""
    words = again.words(verdict["margin_right"])
    good = [stop for stop in again.cheapest_first if words[stop] == "as_good"]
    learned = verdict["kind"] != "nothing_learned"
    assert verdict["recommended"] == (good[0] if good and learned else None)
    one_exam = {row["photo"]: row["true"] for row in answers}
    often = max(list(one_exam.values()).count(name) for name in set(one_exam.values()))
    assert verdict["guessing"] == often
    assert verdict["total"] == again.total
    headline = verdict["headline"]
    means = sorted(again.whole(value) for value in again.right)
    span = str(means[0]) if means[0] == means[-1] else f"{means[0]} to {means[-1]}"
    told_numbers = re.findall(r": ([0-9]+(?: to [0-9]+)?) of ([0-9]+)", headline)
    if not learned:
        assert told_numbers == [(span, str(again.total))]
        assert f"Guessing gives {often}." in headline
    elif not good:
        assert told_numbers == []
        assert f"gave {span} of {again.total}" in verdict["second"]
    elif verdict["kind"] == "cheapest" and again.axis == "depth":
        assert told_numbers == []
    else:
        assert told_numbers == [(str(again.whole(good[0])), str(again.total))]
