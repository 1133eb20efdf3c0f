"""The program, but one message kills it while it is parsed."""

import os
import signal
import sys

from allegro_privacy.cli.app import run
from allegro_privacy.core.message import Message, RawMessage
from allegro_privacy.workflow import judge

parse = judge.parse


def parse_or_die(raw: RawMessage) -> Message:
    if b"poison" in raw.raw:
        os.kill(os.getpid(), signal.SIGKILL)
    return parse(raw)


judge.parse = parse_or_die
sys.exit(run(sys.argv[1:]))
