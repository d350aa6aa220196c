from __future__ import annotations

import pytest

from core import errors
from core.errors import LabError, Stopped


@pytest.mark.parametrize("name", ["ConfigError", "PhotoError", "DatasetError", "WeightsError", "RunError"])
def test_what_the_user_can_mend_is_caught_in_one_place(name: str) -> None:
    with pytest.raises(LabError, match="a sentence"):
        raise getattr(errors, name)("a sentence")


def test_a_wish_to_stop_is_no_error_of_the_users() -> None:
    assert not issubclass(Stopped, LabError)
