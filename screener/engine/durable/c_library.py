"""Loads the C library of durable_rules, and runs sessions of rulesets in it."""

import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

from screener.engine.durable.ruleset import SESSION_ID, CompiledRule, TranslatedRuleset
from screener.engine.protocol import too_many_matches
from screener.errors import EngineError, Problem
from screener.limits import MATCHES

SENTINEL = "sentinel"
"""A fact and a rule added to every session, since deleting a state in which nothing ever matched frees uninitialized
memory (state.c, deleteStateNode)."""
_SENTINEL_FACT = f'{{"id":"0","sid":"{SESSION_ID}","kind":"{SENTINEL}"}}'
_SENTINEL_MATCH = f'{{"{SENTINEL}"'
_ACCEPTED = (0, 1)  # return codes: something matched, nothing matched yet


def load_c_library() -> Any:
    """Returns the C module. Raises EngineError if it is not installed or can't be loaded.

    Its symbols are bound lazily: without the Makefile's flag, it refers to a function that Python 3.13 removed, but
    never calls it.
    """
    flags = sys.getdlopenflags() if hasattr(sys, "setdlopenflags") else None
    if flags is not None:
        sys.setdlopenflags(flags & ~os.RTLD_NOW | os.RTLD_LAZY)
    try:
        import durable_rules_engine
    except ImportError as error:
        what = f"the rule engine durable_rules can't be loaded: {error}"
        raise EngineError(Problem(what, "install risk-screener[durable] as its README says")) from error
    finally:
        if flags is not None:
            sys.setdlopenflags(flags)
    return durable_rules_engine


def matches_of_session(
    library: Any, handle: int, ruleset: TranslatedRuleset, facts: list[str], more_facts: Callable[[], list[str]]
) -> Iterator[tuple[CompiledRule, str]]:
    """Asserts facts and yields each match: its rule, and the message of the C library with the facts.

    `more_facts()` returns the facts that matches have led to; the session ends when there are none. Raises EngineError
    if the library fails or finds more than MATCHES matches.
    """
    batch = [_SENTINEL_FACT, *facts]
    started = None
    count = 0
    try:
        while batch:
            code, offset = library.assert_facts(handle, f"[{','.join(batch)}]")
            if code not in _ACCEPTED:
                raise EngineError(Problem(f"the rule engine refused a fact (code {code})", "report this as a fault"))
            action = library.start_action_for_state(handle, offset)  # a pair: the state, then the match
            started = started or action
            message = action and action[1]
            while message:
                if not message.startswith(_SENTINEL_MATCH):
                    count += 1
                    rule = ruleset.compiled_rules[message[2 : message.index('"', 2)]]
                    if count > MATCHES:
                        raise too_many_matches(rule.rule_id)
                    yield rule, message
                message = library.complete_and_start_action(handle, offset)
            batch = more_facts()
    except EngineError:
        raise
    except Exception as error:
        if type(error) is not Exception and not type(error).__module__.startswith("durable"):
            raise
        raise EngineError(Problem(f"the rule engine failed: {error}", "report this as a fault")) from error
    finally:
        if started:
            library.delete_state(handle, SESSION_ID)
