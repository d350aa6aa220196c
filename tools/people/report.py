"""A montage of the sample: a row for each person. Needs pillow only: python -m tools.people.report --out ..."""

import argparse
import sys
from pathlib import Path

from PIL import Image


def montage(sample: Path, columns: int = 8, size_px: int = 180) -> Image.Image:
    """Each person's first photos, practice, mock exam and final exam mixed; names in alphabetical order."""
    people = sorted(folder.name for folder in (sample / "train").iterdir())
    sheet = Image.new("RGB", (columns * size_px, len(people) * size_px), "white")
    for row, name in enumerate(people):
        photos = [p for split in ("train", "validation", "test") for p in sorted((sample / split / name).glob("*.jpg"))]
        chosen = photos[:: max(1, len(photos) // columns)][:columns]
        for column, path in enumerate(chosen):
            with Image.open(path) as photo:
                sheet.paste(photo.convert("RGB").resize((size_px, size_px)), (column * size_px, row * size_px))
    return sheet


def main(argv: list[str] | None = None) -> int:
    """Write montage.jpg beside the sample."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args(argv)
    montage(arguments.out / "sample").save(arguments.out / "montage.jpg", quality=88)
    return 0


if __name__ == "__main__":
    sys.exit(main())
