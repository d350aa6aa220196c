"""The server's end of the live process: one for all sessions, started when somebody looks, started anew if it dies."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
from contextlib import suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from core.errors import LabError
from core.live import messages
from core.live.messages import Look, Refused, Seen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.live.messages import Answer, Network, Question

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "core", "live")
LOCALHOST = "127.0.0.1"
# VGG-Face at 224 px covers 49 patches in about 5 s on two cores.
ANSWER_WITHIN_S = 30.0


class Link:
    """Asks the live process; sessions take turns, each with one question at a time, so nothing queues up.

    Args:
        command: what starts the process.
        answer_within_s: after this time without an answer the process is ended, and the next question starts another.
    """

    def __init__(self, command: Sequence[str] = COMMAND, answer_within_s: float = ANSWER_WITHIN_S) -> None:
        self._command = tuple(command)
        self._answer_within_s = answer_within_s
        self._turn = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._connection: Connection | None = None

    @property
    def pid(self) -> int | None:
        """The process, where there is one."""
        return self._process.pid if self._process else None

    def ask(self, question: Question) -> Answer:
        """Return the answer to a question.

        Raises:
            LabError: there is none: the process died, or takes too long. The next question starts it anew.
        """
        with self._turn:
            for is_last in (False, True):
                try:
                    return self._ask(question)
                except (OSError, EOFError, AuthenticationError, msgspec.DecodeError) as error:
                    self._end()
                    # It may have ended while nobody looked; a new one gets the question.
                    if is_last:
                        raise LabError(
                            f"What watches the camera's pictures does not run ({type(error).__name__}: {error}); "
                            "close other programs and open this page again."
                        ) from error
        raise AssertionError

    def look(self, jpeg: bytes, networks: tuple[Network, ...] = ()) -> Seen:
        """Return the faces in a picture, and who they are.

        Raises:
            LabError: as of `ask`, and where the picture or a network is refused.
        """
        seen = self.ask(Look(jpeg, networks))
        if isinstance(seen, Seen):
            return seen
        raise LabError(seen.sentence if isinstance(seen, Refused) else "The camera's picture got another answer.")

    def _ask(self, question: Question) -> Answer:
        connection = self._connection or self._start()
        connection.send_bytes(messages.encode(question))
        if not connection.poll(self._answer_within_s):
            self._end()
            return Refused(
                f"No answer came within {self._answer_within_s:.0f} seconds; "
                "close other programs, or choose an experiment with smaller faces."
            )
        return messages.answer(connection.recv_bytes())

    def _start(self) -> Connection:
        key = secrets.token_bytes(32)
        self._process = process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env={**os.environ, "PYTHONUTF8": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdin
        assert process.stdout
        process.stdin.write(key.hex() + "\n")
        process.stdin.flush()
        port = process.stdout.readline().strip()
        if not port.isdigit():
            raise EOFError("it ended before it was ready")
        self._connection = Client((LOCALHOST, int(port)), authkey=key)
        return self._connection

    def close(self) -> None:
        """End the process, and with it every picture it holds. The next question starts it anew."""
        with self._turn:
            self._end()

    def _end(self) -> None:
        if self._connection:
            self._connection.close()
        if self._process:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                with suppress(OSError):
                    if pipe:
                        pipe.close()
        self._connection = self._process = None
