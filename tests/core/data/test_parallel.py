from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[3]
# A process that has given its pool something long to do, and tells the pids of those who do it.
BUSY = """
import time
import psutil
from core.data import parallel
if __name__ == "__main__":
    with parallel._pool(2) as processes:
        processes.submit(time.sleep, 0).result()
        for _ in range(2):
            processes.submit(time.sleep, 120)
        print(*(child.pid for child in psutil.Process().children()), flush=True)
        time.sleep(120)
"""


@pytest.mark.slow
def test_processes_end_with_the_one_they_work_for(tmp_path: Path) -> None:
    script = tmp_path / "busy.py"
    script.write_text(BUSY, encoding="utf-8")
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert parent.stdout
    children = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
    assert len(children) >= 2
    parent.kill()
    parent.wait()
    _, alive = psutil.wait_procs(children, timeout=20)
    assert alive == []
