"""Photos as the command line takes them: who is on them, and what of their exams does not count."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from core.__main__ import main
from core.workspace import Workspace
from tests.drawn import encoded, picture
from tests.patterns import pattern

FAST = ["--untrained", "--image-size", "48", "--epochs", "1", "--views", "1", "--freeze-depth", "13", "--no-crop"]


@pytest.fixture
def flat(tmp_path: Path) -> Path:
    """Write photos of two people into one folder, named by them."""
    folder = tmp_path / "flat"
    folder.mkdir()
    for person, name in enumerate(("anna", "ben")):
        for photo in range(8):
            Image.fromarray(pattern(person, photo)).save(folder / f"{name}_{photo:02d}.png")
    return folder


@pytest.fixture
def leaky(tmp_path: Path) -> Path:
    """Write a brought split of two people: six of eight final-exam photos of each are practice photos too."""
    for person, name in enumerate(("anna", "ben")):
        for split, photos in (("train", range(8)), ("validation", range(20, 22)), ("test", (*range(6), 30, 31))):
            home = tmp_path / "leaky" / split / name
            home.mkdir(parents=True)
            for photo in photos:
                # Patterns of one person are near copies of each other; these are not.
                (home / f"{photo}.png").write_bytes(encoded(picture(100 * person + photo)))
    # A photo under two people.
    (tmp_path / "leaky" / "train" / "ben" / "anna.png").write_bytes(encoded(picture(7)))
    return tmp_path / "leaky"


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main([str(argument) for argument in arguments]) == 2
    return capsys.readouterr().err.strip().splitlines()[-1]


def trained(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[dict, str]:
    assert main([*map(str, arguments), "--json"]) == 0
    said = capsys.readouterr()
    return json.loads(said.out.strip().splitlines()[-1]), said.err


def test_a_flat_folder_is_refused_with_what_was_found_and_the_option(
    lab_home: Workspace, flat: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    says = '"flat" has no folders of two people, but {} anna 8, ben 8; if that is right, add --people-from {}.'
    for command in ("train", "crop"):
        sentence = refused(capsys, command, flat, "--out", tmp_path / "out", *(FAST if command == "train" else []))
        assert sentence == says.format("the file names say", "names")
    rows = [f"{path.name},{path.name.split('_')[0]}" for path in sorted(flat.glob("*.png"))]
    (flat / "who.csv").write_text("\n".join(["file,label", *rows]), encoding="utf-8")
    sentence = refused(capsys, "train", flat, "--out", tmp_path / "out", *FAST)
    assert sentence == says.format('"who.csv" says', "csv")
    sentence = refused(capsys, "train", flat, "--out", tmp_path / "out", *FAST, "--people-from", "folders")
    assert 'lie in no folder that names a person (16 photos: "anna_00.png"' in sentence
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_leaks_are_out_of_the_exam_and_named_in_json_and_on_stderr(
    lab_home: Workspace, leaky: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts, err = trained(capsys, "train", leaky, "--out", tmp_path / "one", *FAST)
    assert facts["test_total"] == 4
    assert {row["name"] for row in facts["left_out"]} == {
        f"test/{who}/{n}.png" for who in ("anna", "ben") for n in range(6)
    }
    assert all("in practice" in row["reason"] for row in facts["left_out"])
    assert {row["name"] for row in facts["warnings"]} == {"train/anna/7.png", "train/ben/anna.png"}
    assert "Belong with practice photos, so not counted in the final exam: 12 photos" in err
    assert "--count-leaks" in err
    assert "of two people: 2 photos" in err
    facts, err = trained(capsys, "train", leaky, "--out", tmp_path / "two", *FAST, "--count-leaks")
    assert (facts["test_total"], facts["left_out"]) == (16, [])
    assert {f"test/anna/{n}.png" for n in range(6)} < {row["name"] for row in facts["warnings"]}
    assert "counted in the final exam all the same: 12 photos" in err


@pytest.mark.slow
def test_a_flat_folder_is_learned_from_where_that_was_said_to_be_right(
    lab_home: Workspace, flat: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts, _ = trained(capsys, "train", flat, "--out", tmp_path / "one", *FAST, "--people-from", "names")
    assert facts["classes"] == ["anna", "ben"]
