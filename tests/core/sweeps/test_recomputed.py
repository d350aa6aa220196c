"""The numbers of a result computed again from the two tables of its zip, in plain Python, by another path."""

from __future__ import annotations

import csv
import io
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

from core.photos.manifest import save_dataset
from core.sweeps import results, takealong, told
from core.sweeps.plan import Cell, Start, SweepPlan
from core.workspace import Workspace
from tests.made_sweeps import Outcome, make_sweep
from tests.pages import made

PEOPLE = ("Ada", "<b>Bo</b>", "Chen", "Dora", "Emil", "Fay")
SEEDS = (0, 1, 2)
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
    """Give a setting whose tries differ a lot, beside two that are right everywhere."""
    return (0.2, 0.5, 0.95)[cell.seed] if cell.depth == 13 else 2.0


def rated(cell: Cell) -> float:
    """Give 0.001 the better exams at depth 0, 0.01 at the others."""
    is_better = (cell.depth == 0) != (cell.rate == 0.01)
    return {0: 0.4, 10: 1.3, 13: 0.5}[cell.depth] - (0.0 if is_better else 0.3)


@dataclass(frozen=True)
class Made:
    """A sweep and what must come of it, a kind of verdict a line, and a word of each headline."""

    plan: SweepPlan
    outcome: Outcome
    kinds: tuple[str, ...]
    says: str = ""
    of_take: int = 1


MADE = {
    "best": Made(DEPTHS, scattered(by_depth({0: 0.2, 10: 1.3, 13: 0.3})), ("best",)),
    "enough": Made(DEPTHS, scattered(by_depth({0: 0.95, 10: 0.9, 13: 0.1})), ("enough",)),
    "takes": Made(DEPTHS, scattered(by_depth({0: 0.1, 10: 1.3, 13: 0.1})), ("best",), of_take=2),
    "level": Made(DEPTHS, scattered(by_depth({0: 0.7, 10: 0.7, 13: 0.7})), ("no_winner",)),
    "guessing": Made(DEPTHS, scattered(by_depth({0: 0.15, 10: 0.2, 13: 0.15})), ("nothing_learned",)),
    "disagree": Made(
        DEPTHS,
        scattered(by_depth({0: 1.3, 10: 0.6, 13: 0.2}), by_depth({0: 0.5, 10: 0.6, 13: 0.7})),
        ("no_winner",),
        "the two exams disagree",
    ),
    "luck of tries": Made(
        DEPTHS, scattered(unsteady, by_depth({0: 0.8, 10: 0.9, 13: 0.7})), ("no_winner",), "block 5 looks best"
    ),
    "photos": Made(
        SweepPlan(depths=(13,), photos=(1, 3, None), seeds=SEEDS),
        scattered(lambda cell: {1: 0.1, 3: 0.9, None: 0.9}[cell.photos]),
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
    "rates": Made(replace(DEPTHS, rates=(0.001, 0.01), seeds=(0, 1)), scattered(rated), ("best",)),
    "one try": Made(replace(DEPTHS, seeds=(0,)), scattered(by_depth({0: 0.2, 10: 1.3, 13: 0.1})), ("best",)),
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
    of_take: dict[int | None, dict[str, int]] = field(default_factory=dict)

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

    @property
    def picked(self) -> int | None:
        best = max(self.mock_mean(value) for value in self.mock)
        return next(value for value in self.cheapest_first if self.mock_mean(value) > best - 1e-6)

    def changed(self, value: int | None) -> tuple[int, int]:
        mine, picked = self.of_take[value], self.of_take[self.picked]
        return sum(mine[take] > picked[take] for take in mine), sum(mine[take] < picked[take] for take in mine)

    def p_value(self, value: int | None) -> float:
        n, least = sum(self.changed(value)), min(self.changed(value))
        return min(1.0, 2 * sum(math.comb(n, k) for k in range(least + 1)) / 2**n) if n else 1.0


def holm(p_values: Sequence[float]) -> list[float]:
    corrected, highest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda place: p_values[place])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = highest
    return corrected


def rows_of(table: bytes) -> list[Row]:
    return list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline="")))


def count(runs: Sequence[Row], answers: Sequence[Row], axis: str, network: str, *, pretrained: bool) -> Again:
    """Count one line: at each stop the rate with the best mock exam, of equally good ones the smaller."""
    mine = [row for row in runs if IDS[row["network"]] == network and (row["starts with"] != "nothing") == pretrained]
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
        again.right[value], again.of_take[value] = [], defaultdict(int)
        for run in kept:
            given = [row for row in answers if row["run"] == run["run"]]
            # An answer is right where it is the name of who it is.
            right = [row["true"] == row["predicted"] for row in given]
            assert right == [row["right"] == "1" for row in given]
            assert (sum(right), again.total) == (int(run["right"]), int(run["total"]))
            again.right[value].append(sum(right))
            for row, is_right in zip(given, right, strict=True):
                again.of_take[value][row["take"]] += is_right
    return again


@pytest.fixture(params=MADE)
def zipped(request, tmp_path) -> tuple[Made, dict[str, bytes], dict[str, Any]]:
    """Give a made sweep, its zip, and what the lab tells of it by itself."""
    wanted = MADE[request.param]
    workspace = Workspace(tmp_path / "home")
    dataset = made.dataset(workspace, PEOPLE)
    items = tuple(replace(item, group=(item.group or 0) // wanted.of_take) for item in dataset.items)
    dataset = replace(dataset, items=items)
    save_dataset(workspace, dataset)
    sweep = make_sweep(workspace, dataset, wanted.plan, wanted.outcome)
    with zipfile.ZipFile(takealong.pack_sweep(sweep, tmp_path / "along.zip")) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    facts = told.facts(results.lines(wanted.plan, results.results(sweep)), dataset)
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
        check_pairs(verdict, again)
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
        assert row["seconds"] == pytest.approx(sorted(again.seconds[value])[len(again.seconds[value]) // 2])
        assert row["total"] == again.total


def check_pairs(verdict: dict[str, Any], again: Again) -> None:
    assert verdict["picked"] == again.picked
    pairs = verdict["paired"]
    assert [row["value"] for row in pairs] == [value for value in again.cheapest_first if value != again.picked]
    p_values = [again.p_value(row["value"]) for row in pairs]
    for row, p_value, corrected in zip(pairs, p_values, holm(p_values), strict=True):
        assert row["difference"] == pytest.approx(again.mean(row["value"]) - again.mean(again.picked))
        assert (row["fixed"], row["broken"]) == again.changed(row["value"])
        assert row["p_value"] == pytest.approx(p_value)
        assert row["corrected_p"] == pytest.approx(corrected)
        low, high = row["interval"]
        assert low <= row["difference"] <= high
        assert not row["is_clear"] or (corrected < 0.05 and (low > 0 or high < 0))


def check_sentences(verdict: dict[str, Any], again: Again, answers: Sequence[Row]) -> None:
    """Hold the numbers of the headline, and what it takes, against the tables and what is clear."""
    clear = {row["value"]: row["difference"] for row in verdict["paired"] if row["is_clear"]}
    worse = {value for value, difference in clear.items() if difference < 0}
    lucky = {row["value"] for row in verdict["paired"] if row["doubt"] == "tries" and row["difference"] < 0}
    take = next(value for value in again.cheapest_first if value not in worse | lucky)
    assert verdict["take"] == take
    one_exam = {row["photo"]: row["true"] for row in answers}
    often = max(list(one_exam.values()).count(name) for name in set(one_exam.values()))
    assert verdict["guessing"] == often
    assert verdict["total"] == again.total
    headline = verdict["headline"]
    means = sorted(again.whole(value) for value in again.right)
    span = str(means[0]) if means[0] == means[-1] else f"{means[0]} to {means[-1]}"
    if len(worse) < len(clear):
        assert not re.search("[0-9]", headline)
        best = max(clear, key=lambda value: clear[value])
        assert f": {again.whole(again.picked)} in the final exam" in verdict["second"]
        assert f"gave {again.whole(best)}, clearly more" in verdict["second"]
        return
    told_numbers = re.findall(r": ([0-9]+(?: to [0-9]+)?) of ([0-9]+)", headline)
    if verdict["kind"] == "nothing_learned":
        assert told_numbers == [(span, str(again.total))]
        assert f"Guessing gives {often}." in headline
    elif verdict["kind"] == "no_winner" and not lucky:
        assert told_numbers == [(span, str(again.total))]
    else:
        assert told_numbers == [(str(again.whole(take)), str(again.total))]
