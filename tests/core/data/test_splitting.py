from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest

from core.config import SPLITS, Split, SplitConfig
from core.data.splitting import check_people, split_person, splits_to_fill
from core.errors import DatasetError


def split_groups(
    people: list[str | None], groups: list[int], fixed: list[Split | None], config: SplitConfig
) -> list[Split]:
    """Split all people, as a data set is split when it is built."""
    check_people(sorted({person for person in people if person is not None}))
    to_fill = splits_to_fill(fixed)
    result = list(fixed)
    for person in sorted({person for person in people if person is not None}):
        places = [place for place, name in enumerate(people) if name == person]
        mine = [fixed[place] for place in places]
        splits = split_person(person, [groups[place] for place in places], mine, to_fill, config)
        for place, split in zip(places, splits, strict=True):
            result[place] = split
    return [split or "train" for split in result]


def drawn(seed: int) -> tuple[list[str | None], list[int]]:
    """Draw people with photos in groups of very different sizes, in mixed order."""
    rng = np.random.default_rng(seed)
    people: list[str | None] = []
    groups: list[int] = []
    number = 0
    for person in range(rng.integers(2, 8)):
        for _ in range(rng.integers(3, 12)):
            size = int(rng.choice([1, 1, 1, 2, 5, 20]))
            people += [f"person {person}"] * size
            groups += [number] * size
            number += 1
    order = rng.permutation(len(people)).tolist()
    return [people[place] for place in order], [groups[place] for place in order]


@pytest.mark.parametrize("seed", range(25))
def test_groups_stay_whole_and_everybody_is_in_every_split(seed: int) -> None:
    people, groups = drawn(seed)
    before = people.copy(), groups.copy()
    fixed: list[Split | None] = [None] * len(people)
    splits = split_groups(people, groups, fixed, SplitConfig(seed=seed))
    assert (people, groups, set(fixed)) == (*before, {None})
    of_group = defaultdict(set)
    for group, split in zip(groups, splits, strict=True):
        of_group[group].add(split)
    assert all(len(found) == 1 for found in of_group.values())
    assert set(zip(people, splits, strict=True)) == {(person, split) for person in set(people) for split in SPLITS}
    assert splits == split_groups(people, groups, fixed, SplitConfig(seed=seed))


@pytest.mark.parametrize(
    ("count", "expected"),
    [(3, (1, 1, 1)), (4, (2, 1, 1)), (10, (6, 2, 2)), (20, (12, 3, 5)), (40, (24, 6, 10)), (1000, (600, 150, 250))],
)
def test_the_fractions_are_kept_as_far_as_they_can_be(count: int, expected: tuple[int, int, int]) -> None:
    people: list[str | None] = ["anna"] * count + ["ben"] * count
    splits = split_groups(people, list(range(2 * count)), [None] * (2 * count), SplitConfig())
    for person in ("anna", "ben"):
        found = Counter(split for name, split in zip(people, splits, strict=True) if name == person)
        if count == 10:
            # 1.5 and 2.5 photos: either way of rounding is right.
            assert found["train"] == 6
        else:
            assert tuple(found[split] for split in SPLITS) == expected


def test_fractions_count_photos_not_groups() -> None:
    # One group of 60 and 40 single photos: the large group is the practice part, all of it.
    people: list[str | None] = ["anna"] * 100 + ["ben"] * 3
    groups = [0] * 60 + list(range(1, 44))
    splits = split_groups(people, groups, [None] * 103, SplitConfig())
    assert Counter(splits[:100]) == {"train": 60, "validation": 15, "test": 25}


def test_the_seed_decides_and_other_people_do_not() -> None:
    people: list[str | None] = ["anna"] * 20 + ["ben"] * 20
    one = split_groups(people, list(range(40)), [None] * 40, SplitConfig(seed=0))
    other = split_groups(people, list(range(40)), [None] * 40, SplitConfig(seed=1))
    assert one != other
    with_carl: list[str | None] = [*people, *["carl"] * 20]
    assert split_groups(with_carl, list(range(60)), [None] * 60, SplitConfig(seed=0))[:40] == one
    assert one[:20] != one[20:]


def test_too_few_photos_are_named_in_one_sentence() -> None:
    people: list[str | None] = ["anna", "ben", "ben", "ben"]
    with pytest.raises(DatasetError) as caught:
        split_groups(people, [0, 1, 2, 3], [None] * 4, SplitConfig())
    assert str(caught.value) == (
        'Person "anna" has 1 photo; practice, mock exam and final exam need at least 3. Add photos or leave "anna" out.'
    )


def test_near_copies_do_not_count_as_photos_enough() -> None:
    people: list[str | None] = ["anna"] * 5 + ["ben"] * 3
    with pytest.raises(DatasetError, match=r'"anna" has 5 photos, of which only 2 differ enough .* need at least 3'):
        split_groups(people, [0, 0, 0, 0, 1, 2, 3, 4], [None] * 8, SplitConfig())


def test_given_splits_are_kept_and_the_missing_one_is_taken_from_train() -> None:
    people: list[str | None] = ["anna"] * 10 + ["ben"] * 10 + ["anna", "ben", None]
    fixed: list[Split | None] = [None] * 20 + ["test"] * 3
    splits = split_groups(people, list(range(23)), fixed, SplitConfig())
    assert splits[20:] == ["test"] * 3
    assert Counter(splits[:20]) == {"train": 16, "validation": 4}
    fixed = [None] * 20 + ["validation", "validation", "validation"]
    assert Counter(split_groups(people, list(range(23)), fixed, SplitConfig())[:20]) == {"train": 14, "test": 6}


def test_a_person_short_of_a_missing_split_only_is_told_so() -> None:
    people: list[str | None] = ["anna", "ben", "ben", "anna"]
    with pytest.raises(DatasetError, match=r'"anna" has 1 photo; practice and mock exam need at least 2'):
        split_groups(people, [0, 1, 2, 3], [None, None, None, "test"], SplitConfig())


def test_everything_given_is_kept_even_across_groups() -> None:
    people: list[str | None] = ["anna", "anna", "ben", "ben"]
    fixed: list[Split | None] = ["train", "test", "train", "validation"]
    assert split_groups(people, [0, 0, 1, 1], fixed, SplitConfig()) == fixed


@pytest.mark.parametrize(("people", "match"), [([], "nobody"), (["anna"] * 9, 'only "anna"'), ([None], "nobody")])
def test_fewer_than_two_people_are_refused(people: list[str | None], match: str) -> None:
    with pytest.raises(DatasetError, match=match):
        split_groups(people, list(range(len(people))), ["train"] * len(people), SplitConfig())


def test_five_hundred_people_are_the_limit_whether_strict_or_not() -> None:
    people: list[str | None] = [f"person {number // 3}" for number in range(1500)]
    splits = split_groups(people, list(range(1500)), [None] * 1500, SplitConfig())
    assert Counter(splits) == {"train": 500, "validation": 500, "test": 500}
    for strict in (True, False):
        with pytest.raises(DatasetError, match="501 people, at most 500 can be learned; choose whom to leave out"):
            check_people(range(501), strict=strict)
