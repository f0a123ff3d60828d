"""Fuzz: odd inputs made by hypothesis; the property of each is in `fuzz_facts` and `fuzz_words`.

A case tries one property on some hundred inputs. Inputs never raise anything but a `UserError`,
messages have no raw escapes, commands have the exit codes of the table, and nothing is written
outside the working folder.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.torture import material
from tools.torture.cases import Case, Kind

Property = Callable[[Path], Callable[..., None]]
"""Receives the working folder; returns a function made by ``hypothesis.given``."""

SHORT_TRIES = 40


def _plan() -> list[tuple[str, int, int]]:
    """Return (module:function, tries of a case, number of cases)."""
    facts, words = "tools.torture.fuzz_facts", "tools.torture.fuzz_words"
    return [
        (f"{facts}:tables", 250, 8),
        (f"{facts}:wild_lines", 300, 5),
        (f"{facts}:any_bytes", 300, 5),
        (f"{facts}:damaged_tables", 300, 4),
        (f"{facts}:forget_lists", 300, 3),
        (f"{facts}:wordings_files", 300, 2),
        (f"{words}:assignments", 400, 4),
        (f"{words}:settings_files", 300, 2),
        (f"{words}:answers", 500, 3),
        (f"{words}:identities", 500, 2),
        (f"{words}:file_names", 400, 1),
        (f"{words}:arguments", 200, 3),
        (f"{words}:shown_names", 150, 3),
        (f"{words}:records", 120, 7),
        (f"{words}:reports", 40, 5),
    ]


SHORT = (0, 8, 21, 30)
"""Cases of the short part."""


def run(case: Case) -> None:
    """Try one property on many inputs."""
    import hypothesis

    plan = [(name, tries) for name, tries, cases in _plan() for _ in range(cases)]
    number = SHORT[case.number] if case.bench.short else case.number
    name, tries = plan[number]
    tries = min(tries, SHORT_TRIES) if case.bench.short else tries
    work = _workplace(case)
    module, _, function = name.partition(":")
    made: Property = getattr(__import__(module, fromlist=[function]), function)
    test = made_test = made(work)
    tried = _counted(test)
    settings = hypothesis.settings(
        max_examples=tries,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        report_multiple_bugs=False,
    )
    test = hypothesis.seed(f"{number}/{case.bench.seed}")(settings(test))
    around = _listing(work.parent)
    try:
        test()
        getattr(made_test, "afterwards", lambda: None)()
    except BaseException as error:  # whatever the property raises is what it found
        case.problems.append(f"{function}: {_told(error)}")
    case.tried += tried[0]
    changed = {*_listing(work.parent)} ^ {*around}
    case.require(not changed, f"{function}: written outside of the folder: {sorted(changed)}")


def _workplace(case: Case) -> Path:
    """Return the working folder, with finished runs in it; it becomes the current one."""
    work = material.workplace(case.bench, case.folder, ["purge"]).folder
    os.environ["CLTOOL_CACHE"] = str(work / "cache")
    os.environ["HOME"] = str(work)
    os.chdir(work)
    return work


def _counted(test: Any) -> list[int]:
    """Count the calls of the function inside of a hypothesis test."""
    count = [0]
    inner = test.hypothesis.inner_test

    def counting(*args: Any, **more: Any) -> None:
        count[0] += 1
        inner(*args, **more)

    test.hypothesis.inner_test = counting
    return count


def _listing(folder: Path) -> list[str]:
    """Return what is in the folder around the working folder."""
    return sorted(path.name for path in folder.iterdir())


def _told(error: BaseException) -> str:
    """Return an error, its last lines of code, and the input that led to it."""
    import traceback

    lines = traceback.format_exception(error)
    notes = "\n".join(getattr(error, "__notes__", ()))
    return f"{''.join(lines)[-1800:]}\n{notes[:1500]}"


def _count(short: bool) -> int:
    return len(SHORT) if short else sum(cases for _, _, cases in _plan())


KIND = Kind("fuzz", "fuzzed inputs", _count, run)
