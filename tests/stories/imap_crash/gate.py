"""The program, loaded and waiting at a gate: `python gate.py`, talked to by `program.Gate`.

Starting Python takes thousands of openat and close; that, making the rules, and judging the first messages take nearly
all of a pull's time. None of it touches the database or a socket, so it is done once, beforehand. Each run is a fork
that stops itself before its first step, so that strace can be attached; from there on it is the real command line with
its real end. `program.Cold` starts the program as everybody does, for comparison."""

import ctypes
import importlib
import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

PROJECT = Path(__file__).parents[3]
sys.path[:0] = [str(PROJECT / place) for place in (".", "tests", "tests/stories", "tests/cli")]

ANY_TRACER = (0x59616D61, ctypes.c_ulong(-1))


def main() -> None:
    asked, told = os.fdopen(int(sys.argv[1])), os.fdopen(int(sys.argv[2]), "w")
    for line in asked:
        order: dict[str, Any] = json.loads(line)
        if "load" in order:
            _load(order["load"], Path(order["configuration"]), order["judging"])
            answer: object = "loaded"
        elif "start" in order:
            child = os.fork()
            if child == 0:
                _run(order, asked, told)
            os.waitpid(child, os.WUNTRACED)
            answer = child
        else:
            answer = os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1])
        told.write(json.dumps(answer) + "\n")
        told.flush()


def _load(modules: list[str], configuration: Path, judging: bool) -> None:
    for module in modules:
        # Some that a library makes as it is loaded cannot be had by themselves.
        with suppress(ImportError):
            importlib.import_module(module)
    _warm(configuration, judging)


def _warm(configuration: Path, judging: bool) -> None:
    """The rules made, and (judging) the messages judged, so that nothing of it need be done again."""
    from allegro_privacy import config
    from allegro_privacy.core.message import Origin, RawMessage
    from allegro_privacy.workflow import judge
    from imap_crash.letters import letters

    made = judge.appoint(config.load(configuration, None))
    for raw in letters() if judging else ():
        judge.read(made, RawMessage(raw, Origin("eml:", "warm"), len(raw)))
    judge.appoint = lambda _: made


def _change(fault: str, batch: int, planted: str) -> None:
    """Plant a fault; let so few messages be a batch that twelve are several."""
    if batch:
        from allegro_privacy.sources import imap, imap_filing
        from allegro_privacy.workflow import batches

        batches.BATCH_MESSAGES = imap.BATCH_MESSAGES = imap_filing.AT_ONCE = batch
    if fault:
        importlib.import_module(planted).FAULTS[fault]()


def _run(order: dict[str, Any], asked: TextIO, told: TextIO) -> None:
    """In the child: stop, and when somebody lets it go on, be `allegro-privacy` from its first step to its last."""
    os.close(asked.fileno())
    os.close(told.fileno())
    os.chdir(order["start"])
    for number, name in ((1, "out"), (2, "err")):
        handle = os.open(name, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        os.dup2(handle, number)
        os.close(handle)
    # Where a process may trace only its own children (Yama), strace could not be attached.
    ctypes.CDLL(None).prctl(*ANY_TRACER, 0, 0, 0)
    _change(order["fault"], order["batch"], order["planted"])
    from allegro_privacy.cli.app import run

    os.kill(os.getpid(), signal.SIGSTOP)
    code = run(order["arguments"])
    if names := order.get("names"):
        Path(names).write_text("\n".join(sorted(sys.modules)), "utf-8")
    if order["quick"]:
        # The database is closed, no more is to be done; taking Python down takes longer than all the rest.
        sys.stdout.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    main()
