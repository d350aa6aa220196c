"""The command line as a shell sees it: exit codes, the last lines of stdout and stderr, what is left on disk."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.__main__ import main
from core.models.registry import BACKBONES
from core.workspace import Workspace
from tests.conftest import ROOT
from tests.patterns import write_people

FAST = ["--untrained", "--image-size", "48", "--epochs", "2", "--views", "1", "--freeze-depth", "13", "--no-crop"]


def run(*arguments: str | Path, home: Workspace) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "core", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, "LAB_HOME": str(home.root)},
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def people(tmp_path_factory) -> Path:
    return write_people(tmp_path_factory.mktemp("people"), people=3, photos=8)


@pytest.fixture(scope="module")
def trained(people, tmp_path_factory):
    home = Workspace(tmp_path_factory.mktemp("home"))
    out = tmp_path_factory.mktemp("runs") / "first"
    return home, out, run("train", people, "--out", out, *FAST, "--json", home=home)


def last_line(text: str) -> str:
    return text.strip().splitlines()[-1]


def test_train_prints_one_json_object_last(trained):
    _, out, finished = trained
    assert finished.returncode == 0, finished.stderr
    facts = json.loads(last_line(finished.stdout))
    expected = {
        *("backbone", "pretrained", "classes", "split_counts", "epochs_run", "trainable_parameters"),
        *("frozen_parameters", "val_accuracy", "test_accuracy", "test_correct", "test_total", "test_interval"),
        *("balanced_accuracy", "majority_correct", "confusion_matrix", "predictions", "seconds", "model_path"),
        "left_out",
    }
    assert expected <= set(facts)
    assert facts["classes"] == ["Ada", "Bruno", "Chen"]
    assert facts["pretrained"] is False
    assert Path(facts["model_path"]) == out / "model.keras"


def test_test_predicts_with_the_run_and_with_its_labels(trained, people):
    home, out, _ = trained
    answer = run("test", out, people, "--no-crop", "--json", home=home)
    assert answer.returncode == 0, answer.stderr
    facts = json.loads(last_line(answer.stdout))
    assert len(facts["predictions"]) == facts["total"] == 24
    assert facts["correct"] == sum(row["true"] == row["predicted"] for row in facts["predictions"])
    for row in facts["predictions"]:
        assert sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-4)


def test_nothing_to_look_at_ends_in_one_sentence(trained, tmp_path):
    home, out, _ = trained
    (tmp_path / "notes.jpg").write_text("no photo", encoding="utf-8")
    answer = run("test", out, tmp_path, home=home)
    assert answer.returncode == 2
    assert "Traceback" not in answer.stderr
    assert last_line(answer.stderr).startswith("There are no photos in")
    assert "notes.jpg" in last_line(answer.stderr)


def refused(capsys, *arguments: object) -> str:
    """Run a command that must be refused; give the last line of stderr."""
    try:
        code = main([str(argument) for argument in arguments])
    except SystemExit as error:
        code = error.code
    assert code == 2
    return last_line(capsys.readouterr().err)


def test_bad_input_leaves_nothing_half_written(lab_home, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    sentence = refused(capsys, "train", tmp_path / "empty", "--out", tmp_path / "run", "--untrained")
    assert "empty" in sentence
    assert not (tmp_path / "run").exists()


def test_missing_weights_are_reported_before_any_photo_is_read(lab_home, tmp_path, capsys):
    sentence = refused(capsys, "train", tmp_path / "nowhere", "--out", tmp_path / "run", "--backbone", "vggface-vgg16")
    assert "python -m core weights import vggface-vgg16" in sentence
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--epochs", "0"], "epochs must be 1 to 1000"),
        (["--freeze-depth", "14"], "13"),
        (["--image-size", "16"], "image size"),
        (["--backbone", "vgg99"], "face-vgg-mini"),
        (["--preset", "nope"], "notebook"),
        (["--epochs", "many"], "argument --epochs"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_allowed(lab_home, tmp_path, capsys, options, words):
    sentence = refused(capsys, "train", tmp_path, "--out", tmp_path / "run", "--untrained", *options)
    assert words.lower() in sentence.lower()


def test_out_must_be_new(lab_home, people, tmp_path, capsys):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.txt").write_text("mine", encoding="utf-8")
    sentence = refused(capsys, "train", people, "--out", tmp_path / "run", *FAST)
    assert "--out" in sentence
    assert (tmp_path / "run" / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_weights_list_tells_what_is_on_this_machine(lab_home, capsys):
    assert main(["weights", "list", "--json"]) == 0
    rows = json.loads(last_line(capsys.readouterr().out))["weights"]
    assert [row["backbone"] for row in rows] == list(BACKBONES)
    states = {row["backbone"]: row["state"] for row in rows}
    assert states["vggface-vgg16"] == "missing"
    assert all(row["licence"] for row in rows)


def test_importing_something_else_is_refused(lab_home, tmp_path, capsys):
    (tmp_path / "wrong.h5").write_bytes(b"not weights")
    sentence = refused(capsys, "weights", "import", "vggface-vgg16", tmp_path / "wrong.h5")
    assert "wrong.h5" in sentence


@pytest.mark.real_data
def test_crop_writes_a_face_a_photo_in_folders_named_like_the_people(lab_home, shared_data, tmp_path, capsys):
    few = tmp_path / "few" / "Tony Blair ✓"
    few.mkdir(parents=True)
    for photo in sorted((shared_data / "lfw-six" / "Tony_Blair").iterdir())[:2]:
        (few / photo.name).write_bytes(photo.read_bytes())
    (few / "notes.txt").write_text("hello", encoding="utf-8")
    assert main(["crop", str(few.parent), "--out", str(tmp_path / "crops"), "--image-size", "96", "--json"]) == 0
    facts = json.loads(last_line(capsys.readouterr().out))
    assert facts["written"] == 2
    assert len(facts["left_out"]) == 1
    assert len(list((tmp_path / "crops" / "Tony Blair ✓").glob("*.png"))) == 2


@pytest.mark.real_data
@pytest.mark.slow
def test_real_photos_from_folder_to_model(lab_home, shared_data, tmp_path):
    finished = run(
        "train",
        shared_data / "lfw-six",
        "--out",
        tmp_path / "run",
        "--untrained",
        "--epochs",
        "3",
        "--json",
        home=lab_home,
    )
    assert finished.returncode == 0, finished.stderr
    facts = json.loads(last_line(finished.stdout))
    assert len(facts["classes"]) == 6
    assert sum(facts["split_counts"].values()) + len(facts["left_out"]) == 240
    assert sum(map(sum, facts["confusion_matrix"])) == facts["test_total"]


def test_a_training_that_was_killed_goes_on_with_the_same_command(people, tmp_path):
    home = Workspace(tmp_path / "home")
    arguments = (people, *FAST, "--epochs", "4", "--json")
    whole = json.loads(last_line(run("train", *arguments, "--out", tmp_path / "whole", home=home).stdout))

    out = tmp_path / "killed"
    command = [sys.executable, "-m", "core", "train", *map(str, arguments), "--out", str(out)]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "LAB_HOME": str(home.root)}) as killed:
        while not (out / "checkpoint.npz").exists() and killed.poll() is None:
            time.sleep(0.02)
        killed.kill()
    assert not (out / "result.json").exists(), "it was done before it could be killed"

    again = run("train", *arguments, "--out", out, home=home)
    assert again.returncode == 0, again.stderr
    facts = json.loads(last_line(again.stdout))
    seen = ("epochs_run", "kept_epoch", "val_accuracy", "test_correct", "confusion_matrix")
    assert {name: facts[name] for name in seen} == {name: whole[name] for name in seen}

    # Done: nothing is trained again, and the result is printed once more. Other settings do not overwrite it.
    trained_ns = (out / "model.keras").stat().st_mtime_ns
    assert json.loads(last_line(run("train", *arguments, "--out", out, home=home).stdout)) == facts
    assert (out / "model.keras").stat().st_mtime_ns == trained_ns
    other = run("train", *arguments, "--seed", "1", "--out", out, home=home)
    assert other.returncode == 2
    assert "other settings or photos" in last_line(other.stderr)


SWEEP = ["--epochs", "2", "--views", "1", "--no-crop", "--image-size", "48", "--untrained", "--json"]


def test_sweep_trains_every_depth_and_judges(people, tmp_path):
    home, out = Workspace(tmp_path / "home"), tmp_path / "sweep"
    arguments = ("sweep", people, "--out", out, "--depths", "10,13", "--seeds", "0,1", *SWEEP)
    finished = run(*arguments, home=home)
    assert finished.returncode == 0, finished.stderr
    facts = json.loads(last_line(finished.stdout))
    assert [(row["frozen_layers"], row["seed"]) for row in facts["runs"]] == [(13, 0), (10, 0), (13, 1), (10, 1)]
    assert [row["tries"] for row in facts["depths"]] == [2, 2]
    (verdict,) = facts["verdict"]
    assert [row["value"] for row in verdict["standings"]] == [13, 10]
    assert (out / "runs").is_dir()

    # The same command goes on with what is there: nothing is trained twice.
    trained = {path: path.stat().st_mtime_ns for path in out.glob("runs/*/model.keras")}
    victim = next(iter(trained)).parent
    shutil.rmtree(victim)
    again = json.loads(last_line(run(*arguments, home=home).stdout))
    assert [row["right"] for row in again["runs"]] == [row["right"] for row in facts["runs"]]
    after = {path: path.stat().st_mtime_ns for path in out.glob("runs/*/model.keras")}
    assert after.keys() == trained.keys()
    assert [path.parent for path in trained if after[path] != trained[path]] == [victim]

    # Another plan does not overwrite it.
    other = run("sweep", people, "--out", out, "--depths", "7,13", "--seeds", "0", *SWEEP, home=home)
    assert other.returncode == 2
    assert "other settings or photos" in last_line(other.stderr)


def test_sweep_refuses_a_depth_the_network_does_not_have(people, tmp_path):
    home = Workspace(tmp_path / "home")
    answer = run("sweep", people, "--out", tmp_path / "out", "--depths", "4,99", *SWEEP, home=home)
    assert answer.returncode == 2
    assert "received 99" in last_line(answer.stderr)
    assert not (tmp_path / "out").exists()


def test_help_loads_no_command(lab_home):
    code = "import sys, contextlib, core.__main__ as lab\nwith contextlib.suppress(SystemExit): lab.main(['--help'])\n"
    code += "print(sorted({'core.cli.commands', 'sklearn', 'numpy'} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert last_line(answer.stdout) == "[]"


@pytest.mark.skipif(sys.platform == "win32", reason="knows no closed terminal")
@pytest.mark.parametrize(("ignored", "code"), [(False, 130), (True, 0)])
def test_a_closed_terminal_ends_a_command_tidily_unless_it_was_meant_to_outlast_it(tmp_path, ignored, code):
    code_of = (
        "import os, signal, sys\n"
        f"signal.signal(signal.SIGHUP, signal.{'SIG_IGN' if ignored else 'SIG_DFL'})\n"
        "from core import __main__ as lab\n"
        "from core.cli import commands\n"
        "from core.cli.console import Answer\n"
        "def closed(arguments):\n"
        "    os.kill(os.getpid(), signal.SIGHUP)\n"
        "    return Answer({}, 'done')\n"
        "for name in list(commands.COMMANDS): commands.COMMANDS[name] = closed\n"
        "sys.exit(lab.main(['weights', 'list']))\n"
    )
    env = {**os.environ, "LAB_HOME": str(tmp_path)}
    assert subprocess.run([sys.executable, "-c", code_of], env=env, check=False).returncode == code
