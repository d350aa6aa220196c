from __future__ import annotations

from tests.core.data.test_versions import made


def test_splits_and_counts_unlabelled_photos_with_test() -> None:
    dataset = made("abc", ["11", "22"])
    assert dataset.counts() == {"train": 2, "validation": 0, "test": 1}
    assert dataset.of("test")[0].person is None
