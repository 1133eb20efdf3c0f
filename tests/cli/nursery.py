"""Starts the program's processes in a twentieth of the time: one process imports the program once, and each run is a
fork of it with its own folder, environment, files and exit code. What needs a fresh interpreter starts one instead
(office.py)."""

import gc
import io
import json
import os
import socket
import sys
import tempfile
import time
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import Any

PROJECT = str(Path(__file__).parents[2])
PATIENCE = 120


class Nursery:
    """The process that is forked from; it begins with the first run and ends with this one."""

    def __init__(self) -> None:
        self._line: io.TextIOWrapper | None = None
        self._process: Popen[bytes] | None = None

    def run(
        self, arguments: list[str], folder: Path, environment: dict[str, str], stdin: bytes
    ) -> tuple[int, bytes, bytes]:
        """Exit code (negative: killed by that signal), stdout and stderr of one run."""
        with tempfile.TemporaryDirectory(prefix="run-") as place:
            names = {name: str(Path(place) / name) for name in ("stdin", "stdout", "stderr")}
            Path(names["stdin"]).write_bytes(stdin)
            told = {"arguments": arguments, "folder": str(folder), "environment": environment, **names}
            line = self._open()
            line.write(json.dumps(told) + "\n")
            line.flush()
            answer = line.readline()
            if not answer:
                raise RuntimeError("the nursery has died")
            return int(answer), Path(names["stdout"]).read_bytes(), Path(names["stderr"]).read_bytes()

    def _open(self) -> io.TextIOWrapper:
        if self._line is None:
            ours, theirs = socket.socketpair()
            environment = {**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": PROJECT}
            command = [sys.executable, __file__, str(theirs.fileno())]
            self._process = Popen(command, pass_fds=[theirs.fileno()], env=environment, stdin=DEVNULL)
            theirs.close()
            ours.settimeout(PATIENCE)
            self._line = ours.makefile("rw")
        return self._line


def _serve(descriptor: int) -> None:
    """In the nursery: fork for each line that comes; the answer is the exit code."""
    _import_the_program()
    line = socket.socket(fileno=descriptor).makefile("rw")
    for asked in line:
        child = os.fork()
        if not child:
            os.close(descriptor)
            _become(json.loads(asked))
        line.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        line.flush()


def _import_the_program() -> None:
    """Everything that a command would import, and the rules of the usual tables, which are read again only when a
    configuration has others."""
    from importlib import import_module
    from pkgutil import walk_packages

    import allegro_privacy

    for module in walk_packages(allegro_privacy.__path__, "allegro_privacy."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    from allegro_privacy import config
    from allegro_privacy.workflow import judge

    judge.appoint(config.parse(config.sample(), None))
    # What lies here is never collected in a fork, which would copy it.
    gc.collect()
    gc.freeze()


def _become(told: dict[str, Any]) -> None:
    """In the fork: a run of the program as the shell starts it."""
    os.environ.clear()
    os.environ.update(told["environment"])
    time.tzset()
    os.chdir(told["folder"])
    os.dup2(os.open(told["stdin"], os.O_RDONLY), 0)
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(told[name], os.O_WRONLY | os.O_CREAT), number)
    sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, errors="backslashreplace", closefd=False)  # noqa: SIM115
    sys.argv = ["allegro-privacy", *told["arguments"]]
    code = 1
    try:
        from allegro_privacy.__main__ import main

        main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(bool(ended.code))
    except BaseException:  # noqa: BLE001  (as the interpreter would)
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
