"""The same lab without a browser: python -m core crop | train | sweep | test | weights | check | worker | live."""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from core import disk, presets, trash
from core.errors import LabError, from_system
from core.visible import for_json, for_terminal
from core.workspace import Workspace

# Set before TensorFlow is imported: the last line on stderr is our own sentence.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
logging.getLogger("tensorflow").setLevel(logging.ERROR)


class _Parser(argparse.ArgumentParser):
    """Argument errors end like every other: exit code 2, one sentence as the last line of stderr."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, f"{message[:1].upper()}{message[1:]}; see {self.prog} --help.\n")


def _sizes(text: str) -> tuple[int, ...]:
    """Read "512,256" as (512, 256); "none" as ()."""
    return () if text == "none" else tuple(int(part) for part in text.split(","))


def _whole(text: str) -> tuple[int, ...]:
    """Read "0,1,2" as (0, 1, 2)."""
    return tuple(int(part) for part in text.split(","))


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(","))


def _photos(text: str) -> tuple[int | None, ...]:
    """Read "1,3,all" as (1, 3, None)."""
    return tuple(None if part.strip() == "all" else int(part) for part in text.split(","))


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


def _fractions(text: str) -> tuple[float, float, float]:
    train, validation, test = (float(part) for part in text.split(","))
    return train, validation, test


def _add_crop_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--detector", choices=("yunet", "haar"), default="yunet", help="what finds the faces")
    parser.add_argument("--margin", type=float, help="free space around the face box, as a fraction of its side")


def _add_people_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--people-from",
        choices=("folders", "names", "csv"),
        help="what says who is who: folders (default), file names like anna_01.jpg, or a CSV file beside the photos",
    )


def _add_data_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", type=Path, metavar="DATA", help="folder or zip with a folder a person")
    _add_people_option(parser)
    leaks = "exam photos that also lie in practice count; by default they are left out"
    parser.add_argument("--count-leaks", action="store_true", help=leaks)
    parser.add_argument("--no-crop", action="store_true", help="the photos are face crops already")
    parser.add_argument("--name", default="", help="what to call the experiment")
    parser.add_argument("--fractions", type=_fractions, metavar="TRAIN,VALIDATION,TEST", help="default 0.6,0.15,0.25")
    parser.add_argument("--split-seed", type=int, default=0, help="decides which photos go where (default: 0)")
    _add_crop_options(parser)


def _add_one_training(parser: argparse.ArgumentParser) -> None:
    """Options of which a sweep takes several values."""
    add = parser.add_argument
    add("--backbone", help="ready-made network; `python -m core weights list` shows them")
    add("--untrained", dest="pretrained", action="store_false", default=None, help="start untrained")
    add("--freeze-depth", type=int, help="layers from the input side that do not learn (default: all)")
    add("--image-size", dest="image_size_px", type=int, metavar="PX")
    add("--learning-rate", type=float)
    add("--train-per-class", type=int, metavar="N", help="practice photos a person; test photos stay")
    add("--seed", type=int, help="of the training: order, views, dropout (default: 0)")


def _add_many_trainings(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--depths", type=_whole, metavar="N,N", help="numbers of frozen layers (default: the ends of the blocks)")
    add("--seeds", type=_whole, metavar="N,N", help="one training each (default: 0 to 6)")
    add("--train-per-class", dest="photos", type=_photos, metavar="N,N,all", help="practice photos a person")
    add("--image-size", dest="sizes_px", type=_whole, metavar="PX,PX")
    add("--learning-rate", dest="rates", type=_numbers, metavar="RATE,RATE")
    add("--backbone", dest="backbones", type=_names, metavar="NAME,NAME", help="ready-made networks")
    add("--untrained", action="store_true", help="start untrained")
    add("--also-untrained", action="store_true", help="each network twice: as it is, and untrained")


def _add_train_options(parser: argparse.ArgumentParser) -> None:
    """One option a field of the settings (`TrainConfig`); what is not given stays as in the preset."""
    yes_no = argparse.BooleanOptionalAction
    add = parser.add_argument
    add("--preset", default="recommended", help="settings to start from: " + ", ".join(presets.PRESETS))
    add("--epochs", type=int)
    add("--head-epochs", type=int, help="train the new last layers alone for so many of the epochs")
    add("--unfrozen-rate", type=float, metavar="SHARE", help="learning rate after these, as a share of the first")
    add("--min-steps", type=int, metavar="N", help="steps of an epoch at least: few photos are looked at several times")
    add("--unfrozen-min-steps", type=int, metavar="N", help="the same after the first epochs")
    add("--batch-size", type=int)
    add("--optimizer", choices=("adam", "sgd", "rmsprop"))
    add("--momentum", type=float)
    add("--pooling", choices=("average", "flatten"))
    add("--hidden", type=_sizes, metavar="N,N", help='hidden layers of the head, "none" for no such layer')
    add("--dropout", type=float)
    add("--scale-features", action=yes_no, default=None, help="divide what the head sees by its size")
    add("--zero-start", action=yes_no, default=None, help="the last layer starts from zero, not from random numbers")
    add("--views", type=int, help="versions of a practice photo, the unchanged one counted")
    add("--rotation", dest="rotation_deg", type=float, metavar="DEGREES")
    add("--shift", type=float)
    add("--zoom", type=float)
    add("--flip", action=yes_no, default=None)
    add("--early-stopping", dest="early_stopping_patience", type=int, metavar="EPOCHS")
    add("--reduce-lr", dest="reduce_lr_patience", type=int, metavar="EPOCHS")
    add("--keep-best", action=yes_no, default=None)
    add("--class-weights", action=yes_no, default=None)
    add("--precision", choices=("auto", "float32", "bfloat16"))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m core", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)

    crop = commands.add_parser("crop", help="find the faces on photos and write them as pictures")
    crop.add_argument("data", type=Path, metavar="DATA", help="folder or zip with a folder a person")
    crop.add_argument("--out", type=Path, required=True, metavar="DIR")
    _add_people_option(crop)
    crop.add_argument("--image-size", dest="image_size_px", type=int, default=224, metavar="PX")
    _add_crop_options(crop)

    train = commands.add_parser("train", help="learn to tell people apart, and take the final exam")
    train.add_argument("--out", type=Path, required=True, metavar="RUN")
    _add_data_options(train)
    _add_one_training(train)
    _add_train_options(train)

    sweep = commands.add_parser("sweep", help="train at several depths and tell how many layers must be retrained")
    sweep.add_argument("--out", type=Path, required=True, metavar="DIR", help="an interrupted one in there goes on")
    _add_data_options(sweep)
    _add_many_trainings(sweep)
    _add_train_options(sweep)

    test = commands.add_parser("test", help="ask a trained model about new photos")
    test.add_argument("run", type=Path, metavar="RUN", help="a run folder, or a model taken along")
    test.add_argument("photos", type=Path, metavar="PHOTOS", help="a photo, a folder or a zip")
    test.add_argument("--no-crop", action="store_true", help="the photos are face crops already")

    weights = commands.add_parser("weights", help="the ready-made networks and their weight files")
    actions = weights.add_subparsers(dest="action", required=True, parser_class=_Parser)
    listing = actions.add_parser("list", help="which networks there are, and which are on this machine")
    download = actions.add_parser("download", help="fetch a network's weights")
    download.add_argument("name", metavar="NAME")
    take = actions.add_parser("import", help="take a network's weights from a file, for rooms without internet")
    take.add_argument("name", metavar="NAME")
    take.add_argument("file", type=Path, metavar="FILE")

    worker = commands.add_parser("worker", help="do queued jobs (started by the browser lab itself)")
    worker.add_argument("lane", choices=("train", "helper"), metavar="LANE")

    check = commands.add_parser("check", help="look into a model without opening it (done by the browser lab itself)")
    check.add_argument("file", type=Path, metavar="FILE")

    commands.add_parser("live", help="look at a webcam's pictures (started by the browser lab itself)")

    for each in (crop, train, sweep, test, listing, download, take, check):
        each.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code: 0, or 2 after one sentence on stderr."""
    arguments = _parser().parse_args(argv)
    # Imported after parsing, so that `--help` and a mistyped option answer at once.
    from core.cli import commands

    try:
        if arguments.command == "worker":
            commands.worker(arguments.lane)
            return 0
        if arguments.command == "live":
            commands.live()
            return 0
        _end_tidily()
        if arguments.command != "check":
            disk.clear_temporary(Workspace.personal().root)
            trash.finish(Workspace.personal().root)
        answer = commands.COMMANDS[arguments.command](arguments)
    except LabError as error:
        return _refused(error)
    except (OSError, MemoryError) as error:
        trouble = from_system(error)
        if trouble is None:
            raise
        return _refused(trouble)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    if arguments.json:
        print(for_json(json.dumps(answer.facts, ensure_ascii=False)))
    else:
        print(for_terminal(answer.text))
    return 0


def _end_tidily() -> None:
    """Take a closed terminal, and a wish to end, like Ctrl+C: what was begun is put away first.

    A signal that is ignored stays so: `nohup` is meant to outlast the terminal.
    """
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


def _refused(error: LabError) -> int:
    print(for_terminal(str(error)), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
