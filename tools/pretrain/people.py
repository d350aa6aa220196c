"""Write the list of the people the network learned from, hashed, as it ships beside the weights.

From the lab's folder: python -m tools.pretrain.people --split split.json --out data/weights/face-vgg-mini.people.txt
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from core.models.weights import write_people_list


def main() -> None:
    """Write the list. People of AAF have numbers, not names, and nobody can bring them by name."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--split", type=Path, required=True, help="split.json of split.py")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    trained = json.loads(arguments.split.read_text(encoding="utf-8"))["trained"]
    names = [name for name in trained if not name.startswith("aaf-")]
    write_people_list(names, arguments.out)
    print(f"{len(names)} names")


if __name__ == "__main__":
    main()
