"""Weights on disk: found, downloaded over a network that breaks, imported, refused."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from filelock import FileLock

from core.errors import ConfigError, Stopped, WeightsError
from core.models import download, registry, weights, weights_file
from core.models.registry import BACKBONES
from tests.published import WeightsServer, seeded_weights, serving, write_published, write_saved_model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.workspace import Workspace

MINI = "face-vgg-mini"
MINI_FILE = "face-vgg-mini.h5"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WeightsServer]:
    """A server with the weights of the smallest backbone."""
    monkeypatch.setattr(download, "_PAUSE_S", 0.01)
    folder = tmp_path / "published"
    folder.mkdir()
    write_published(folder / MINI_FILE, MINI, seeded_weights(MINI))
    with serving(folder) as running:
        yield running


def in_workspace(workspace: Workspace) -> list[str]:
    return sorted(path.name for path in workspace.weights.glob("*"))


def test_missing_weights_name_file_address_and_import(lab_home: Workspace) -> None:
    for name, entry in BACKBONES.items():
        assert weights.find_weights(name, lab_home) is None
        if entry.weights.bundled:
            continue
        with pytest.raises(WeightsError) as caught:
            weights.require_weights(name, lab_home)
        sentence = str(caught.value)
        assert entry.weights.url in sentence
        assert f"python -m core weights import {name} FILE" in sentence
        assert sentence.count("\n") == 0


def test_an_installation_without_the_mini_says_so(lab_home: Workspace) -> None:
    with pytest.raises(WeightsError, match=r"install the lab again.*--untrained"):
        weights.require_weights(MINI, lab_home)


def test_bundled_weights_are_found(lab_home: Workspace) -> None:
    weights.BUNDLED.mkdir()
    write_published(weights.BUNDLED / MINI_FILE, MINI, seeded_weights(MINI), dtype="float16")
    found = weights.require_weights(MINI, lab_home)
    assert found.path.parent == weights.BUNDLED
    assert not found.verified
    stored = weights_file.read_layers(found.path, MINI)["conv1_1"][0]
    assert stored.dtype == np.float32
    assert np.array_equal(stored, seeded_weights(MINI)["conv1_1"][0].astype(np.float16).astype(np.float32))


def test_the_official_hash_makes_weights_verified(lab_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    lab_home.weights.mkdir(parents=True)
    path = lab_home.weights / MINI_FILE
    write_published(path, MINI, seeded_weights(MINI))
    entry = BACKBONES[MINI]
    for field, value in (
        ("md5", hashlib.md5(path.read_bytes()).hexdigest()),
        ("sha256", hashlib.sha256(path.read_bytes()).hexdigest()),
    ):
        official = replace(entry, weights=replace(entry.weights, **{field: (value,)}))
        monkeypatch.setitem(registry.BACKBONES, MINI, official)
        found = weights.require_weights(MINI, lab_home)
        assert found.verified
        assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    write_published(path, MINI, seeded_weights(MINI, seed=1))
    assert not weights.require_weights(MINI, lab_home).verified


def test_download_goes_on_where_it_broke(server: WeightsServer, lab_home: Workspace, downloadable_mini: str) -> None:
    server.break_at, server.breaks_left = 1_500_000, 1
    progress: list[tuple[int, int]] = []
    found = weights.download_weights(
        downloadable_mini, lab_home, base_url=server.base_url, on_progress=lambda *at: progress.append(at)
    )
    size = found.path.stat().st_size
    assert server.ranges[0] == ""
    assert len(server.ranges) == 2
    resumed_at = int(server.ranges[1].removeprefix("bytes=").removesuffix("-"))
    assert 1_000_000 < resumed_at <= 1_500_000
    assert progress[-1] == (size, size)
    assert [done for done, _ in progress] == sorted(done for done, _ in progress)
    assert in_workspace(lab_home) == [MINI_FILE]
    read = weights_file.read_layers(found.path, MINI)
    for name, arrays in seeded_weights(MINI).items():
        assert all(np.array_equal(sent, got) for sent, got in zip(arrays, read[name], strict=True))


def test_what_arrived_is_kept_for_the_next_call(
    server: WeightsServer, lab_home: Workspace, downloadable_mini: str
) -> None:
    server.break_at, server.breaks_left = 1_500_000, 100
    with pytest.raises(WeightsError, match=r"MB are kept for the next try"):
        weights.download_weights(downloadable_mini, lab_home, base_url=server.base_url)
    assert in_workspace(lab_home) == [MINI_FILE + ".part"]
    assert weights.find_weights(downloadable_mini, lab_home) is None
    server.breaks_left = 0
    asked_before = len(server.ranges)
    weights.download_weights(downloadable_mini, lab_home, base_url=server.base_url)
    assert server.ranges[asked_before] != ""
    assert in_workspace(lab_home) == [MINI_FILE]


def test_a_server_without_ranges_starts_over(
    server: WeightsServer, lab_home: Workspace, downloadable_mini: str
) -> None:
    server.break_at, server.breaks_left, server.knows_ranges = 1_500_000, 1, False
    found = weights.download_weights(downloadable_mini, lab_home, base_url=server.base_url)
    assert weights_file.read_layers(found.path, MINI)


@pytest.mark.parametrize("extra", [0, 1000])
def test_a_part_that_is_whole_or_too_long(
    server: WeightsServer, lab_home: Workspace, downloadable_mini: str, tmp_path: Path, extra: int
) -> None:
    whole = (tmp_path / "published" / MINI_FILE).read_bytes()
    lab_home.weights.mkdir(parents=True)
    (lab_home.weights / (MINI_FILE + ".part")).write_bytes(whole + b"x" * extra)
    found = weights.download_weights(downloadable_mini, lab_home, base_url=server.base_url)
    assert found.path.read_bytes() == whole


def test_stopping_a_download_keeps_what_has_arrived(
    server: WeightsServer, lab_home: Workspace, downloadable_mini: str
) -> None:
    def stop_later(done: int, total: int) -> None:
        if done > 1_000_000:
            raise Stopped

    with pytest.raises(Stopped):
        weights.download_weights(downloadable_mini, lab_home, base_url=server.base_url, on_progress=stop_later)
    assert (lab_home.weights / (MINI_FILE + ".part")).stat().st_size > 1_000_000


def test_no_network_is_one_sentence(lab_home: Workspace, downloadable_mini: str) -> None:
    with pytest.raises(WeightsError) as caught:
        weights.download_weights(downloadable_mini, lab_home, base_url="http://127.0.0.1:9/")
    sentence = str(caught.value)
    assert f'"{MINI_FILE}" cannot be downloaded from http://127.0.0.1:9/{MINI_FILE}' in sentence
    assert "https://weights.invalid/face-vgg-mini.h5" in sentence
    assert f"python -m core weights import {MINI} FILE" in sentence
    assert in_workspace(lab_home) == []


def test_two_jobs_do_not_write_one_file(server: WeightsServer, lab_home: Workspace, downloadable_mini: str) -> None:
    lab_home.queue.mkdir(parents=True)
    with FileLock(lab_home.queue / f"{MINI_FILE}.lock"), pytest.raises(WeightsError, match="by another job already"):
        weights.download_weights(downloadable_mini, lab_home, base_url=server.base_url)


def test_a_disk_that_takes_nothing_is_one_sentence(
    server: WeightsServer, lab_home: Workspace, downloadable_mini: str, tmp_path: Path
) -> None:
    lab_home.root.mkdir()
    lab_home.weights.write_bytes(b"a file where the folder should be")
    with pytest.raises(WeightsError, match="cannot be written to"):
        weights.download_weights(downloadable_mini, lab_home, base_url=server.base_url)
    with pytest.raises(WeightsError, match="cannot be written to"):
        weights.import_weights(MINI, tmp_path / "published" / MINI_FILE, lab_home)


def test_a_missing_file_on_the_server(server: WeightsServer, lab_home: Workspace, downloadable_mini: str) -> None:
    with pytest.raises(WeightsError, match=r"answers 404.*weights import"):
        weights.download_weights(downloadable_mini, lab_home, base_url=server.base_url + "elsewhere/")
    assert in_workspace(lab_home) == []


@pytest.mark.parametrize("content", [b"<html>Please log in to the school's Wi-Fi</html>", b""])
def test_wrong_content_leaves_nothing_behind(
    server: WeightsServer, lab_home: Workspace, downloadable_mini: str, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "published" / MINI_FILE).write_bytes(content)
    with pytest.raises(WeightsError, match="cannot be read as a weights file"):
        weights.download_weights(downloadable_mini, lab_home, base_url=server.base_url)
    assert in_workspace(lab_home) == []


def test_a_download_with_another_hash_is_refused(
    server: WeightsServer, lab_home: Workspace, downloadable_mini: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = BACKBONES[downloadable_mini]
    official = replace(entry, weights=replace(entry.weights, md5=("0" * 32,)))
    monkeypatch.setitem(registry.BACKBONES, downloadable_mini, official)
    with pytest.raises(WeightsError, match="is not the published file"):
        weights.download_weights(downloadable_mini, lab_home, base_url=server.base_url)
    assert in_workspace(lab_home) == []


def test_import_takes_a_copy(lab_home: Workspace, tmp_path: Path) -> None:
    write_published(tmp_path / "my copy.h5", MINI, seeded_weights(MINI))
    assert not weights.has_weights("vggface-vgg16", lab_home)
    found = weights.import_weights(MINI, tmp_path / "my copy.h5", lab_home)
    assert weights.has_weights(MINI, lab_home)
    assert found == weights.require_weights(MINI, lab_home)
    assert found.path.name == MINI_FILE
    assert (tmp_path / "my copy.h5").exists()


def test_import_takes_a_whole_saved_model_with_its_top(lab_home: Workspace, tmp_path: Path) -> None:
    write_saved_model(tmp_path / "whole.h5", MINI, seeded_weights(MINI))
    found = weights.import_weights(MINI, tmp_path / "whole.h5", lab_home)
    assert set(weights_file.read_layers(found.path, MINI)) == set(seeded_weights(MINI))


def broken_files() -> dict[str, str]:
    return {
        "of another shape": r'Layer "conv3_2".*needs the shapes 3x3x64x64 and 64, "bad.h5" has 3x3x64x63 and 63',
        "without a layer": r'"bad.h5" has no layer "conv4_1"',
        "with a layer too many": r'holds a layer "conv3_4" that',
        "with an empty kernel": r'Layer "conv2_1" of "bad.h5" is empty or broken',
        "not finite": r'Layer "conv2_1" of "bad.h5" is empty or broken',
        "cut off": r'"bad.h5" cannot be read as a weights file',
    }


@pytest.mark.parametrize("what", broken_files())
def test_import_refuses_a_file(lab_home: Workspace, tmp_path: Path, what: str) -> None:
    import h5py

    path, numbers = tmp_path / "bad.h5", seeded_weights(MINI)
    if what == "of another shape":
        numbers["conv3_2"] = [array[..., :63] for array in numbers["conv3_2"]]
    if what == "with an empty kernel":
        numbers["conv2_1"][0][:] = 0
    if what == "not finite":
        numbers["conv2_1"][0][0, 0, 0, 0] = np.nan
    write_published(path, MINI, numbers)
    with h5py.File(path, "a") as file:
        names = list(file.attrs["layer_names"])
        if what == "without a layer":
            file.attrs["layer_names"] = np.array([name for name in names if name != b"conv4_1"])
        if what == "with a layer too many":
            file.move("conv1_1", "conv3_4")
            file.copy("conv3_4", "conv1_1")
            file.attrs["layer_names"] = np.array([*names, b"conv3_4"])
    if what == "cut off":
        path.write_bytes(path.read_bytes()[:2_000_000])
    with pytest.raises(WeightsError, match=broken_files()[what]) as caught:
        weights.import_weights(MINI, path, lab_home)
    assert "\n" not in str(caught.value)
    assert in_workspace(lab_home) == []


def test_import_refuses_what_is_not_there(lab_home: Workspace, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="There is no file"):
        weights.import_weights(MINI, tmp_path / "nothing.h5", lab_home)
    with pytest.raises(ConfigError, match="There is no backbone"):
        weights.import_weights("vgg20", tmp_path / "nothing.h5", lab_home)


def test_names_too_long_for_one_attribute_are_read(tmp_path: Path) -> None:
    import h5py

    write_published(tmp_path / "w.h5", MINI, seeded_weights(MINI))
    with h5py.File(tmp_path / "w.h5", "a") as file:
        names = list(file.attrs["layer_names"])
        del file.attrs["layer_names"]
        file.attrs["layer_names0"], file.attrs["layer_names1"] = np.array(names[:5]), np.array(names[5:])
    assert set(weights_file.read_layers(tmp_path / "w.h5", MINI)) == set(seeded_weights(MINI))


def test_weights_need_no_tensorflow() -> None:
    code = "import sys, core.models.weights; assert not {'tensorflow', 'keras'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.fixture
def people_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "BUNDLED", tmp_path)
    weights.write_people_list(["Ada_Lovelace", "Zoë_Ng"], tmp_path / "face-vgg-mini.people.txt")


@pytest.mark.parametrize("name", ["Ada_Lovelace", "ada lovelace", " Ada   Lovelace "])
def test_a_name_is_found_however_its_folder_writes_it(people_list: None, name: str) -> None:
    assert weights.known_people("face-vgg-mini", ["Bruno", name]) == (name,)


def test_the_list_holds_no_names(people_list: None) -> None:
    text = (weights.BUNDLED / "face-vgg-mini.people.txt").read_text(encoding="ascii")
    assert "ada" not in text.casefold()
    assert [len(line) for line in text.split()] == [16, 16]


def test_a_network_without_a_list_knows_nobody(people_list: None) -> None:
    assert weights.known_people("imagenet-vgg16", ["Ada_Lovelace"]) == ()
