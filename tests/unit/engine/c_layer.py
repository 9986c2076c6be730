"""Runs the C layer of durable_rules in separate processes, since its faults may end a process.

`python -m tests.unit.engine.c_layer` is a server that forks for each request, so that everything is imported only once.
Requests and responses are lines of JSON.
"""

import atexit
import json
import os
import resource
import select
import subprocess
import sys
import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from screener.engine.durable.c_library import load_c_library
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[3]


def isolated(name: str, *given: Any) -> Any:
    """Returns the result of the function `name` of this module in a new process; a signal or an error is a failure."""
    server = _server()
    assert server.stdin
    assert server.stdout
    server.stdin.write(json.dumps([name, given]) + "\n")
    server.stdin.flush()
    if not select.select([server.stdout], [], [], PATIENCE)[0]:
        server.kill()
    code, answer = json.loads(server.stdout.readline() or '["no answer", ""]')
    assert code == 0, f"ended with {code}: {answer[-800:]}"
    return json.loads(answer)


@cache
def _server() -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.unit.engine.c_layer"]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    atexit.register(server.communicate)  # this closes the server's standard input, which ends it
    return server


def serve() -> None:
    """Responds to requests until there are no more."""
    load_c_library()
    while line := sys.stdin.readline():
        name, given = json.loads(line)
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            _answer(writer, ISOLATED[name], given)
        os.close(writer)
        with os.fdopen(reader) as pipe:
            answer = pipe.read()
        _, status = os.waitpid(child, 0)
        print(json.dumps([os.waitstatus_to_exitcode(status), answer]), flush=True)


def _answer(writer: int, act: Callable[..., Any], given: list[Any]) -> None:
    code = 1
    with os.fdopen(writer, "w") as pipe:
        try:
            pipe.write(json.dumps(act(*given)))
            code = 0
        except Exception:
            pipe.write(traceback.format_exc())
    os._exit(code)


def count_matches(cases: list[tuple[str, list[str]]]) -> list[int]:
    """Returns the number of matches for each (patterns, facts), given as JSON texts."""
    engine, counts = load_c_library(), []
    for number, (patterns, facts) in enumerate(cases):
        rules = '{"always": {"all": [{"m": {"kind": "sentinel"}}]}, "r": {"all": ' + patterns + "}}"
        handle = engine.create_ruleset(f"probe{number}", rules)
        batch = ['{"id":"x","sid":"s","kind":"sentinel"}', *(f'{{"id":"{i}","sid":"s",{f[1:]}' for i, f in enumerate(facts))]
        _, offset = engine.assert_facts(handle, "[" + ",".join(batch) + "]")
        action = engine.start_action_for_state(handle, offset)
        message = action and action[1]
        found = 0
        while message:
            found += '"r"' in message[:5]
            message = engine.complete_and_start_action(handle, offset)
        engine.delete_state(handle, "s")
        counts.append(found)
    return counts


def run_sessions(rules: str, sessions: list[list[str]], repeat: int, to_the_end: bool) -> tuple[list[str], list[int]]:
    """Returns the matches of the last session, and the peak memory (kB) halfway and at the end of `repeat` runs of all sessions.

    A session is a list of facts as JSON texts, asserted one by one; all of its matches are read, or only the first if not `to_the_end`.
    """
    engine = load_c_library()
    handle = engine.create_ruleset("probe", rules)
    found: list[str] = []
    peak: list[int] = []
    for number in range(repeat):
        for batches in sessions:
            found = []
            for batch in batches:
                code, offset = engine.assert_facts(handle, "".join(list(batch)))  # a separate text, freed after the call
                assert code in (0, 1), code
                action = engine.start_action_for_state(handle, offset)
                message = action and action[1]
                while message:
                    found.append(message)
                    message = engine.complete_and_start_action(handle, offset) if to_the_end else None
                _ = ["x" * len(batch) + str(i) for i in range(3)]  # the memory of the batch is reused by now
            engine.delete_state(handle, "s")
        if number in (repeat // 2, repeat - 1):
            peak.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    return found, peak


def crash(number: int) -> None:
    """Ends the process by a signal, like a fault of the C layer."""
    os.kill(os.getpid(), number)


ISOLATED = {"crash": crash, "count_matches": count_matches, "run_sessions": run_sessions}

if __name__ == "__main__":
    serve()
