"""What the browser tests read from a report, and what they expect of it from the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.runs.run import Run

if TYPE_CHECKING:
    import pandas as pd
    from playwright.sync_api import Page

COUNTED = ("paraphrase", "question")


def counts(folders: Iterable[Path], strategy: str, step: int) -> pd.DataFrame:
    """Right and asked counted probes of each fact that stays valid, over the runs of a strategy."""
    import pandas as pd

    runs = [Run(folder) for folder in folders]
    answers = pd.concat([run.answers for run in runs if run.strategy == strategy])
    chosen = answers["form"].isin(COUNTED) & (answers["step"] == step)
    rows = answers[chosen & answers["group"].isin(["new", "retained"])]
    keys = rows.groupby("subject")
    right, asked, learned = keys["right"].sum(), keys["right"].size(), keys["learned"].first()
    return pd.DataFrame({"right": right, "asked": asked, "learned": learned})


def broken(folders: Iterable[Path], strategy: str, step: int) -> set[str]:
    """The subjects whose facts a strategy answers less often right than before the update."""
    folders = list(folders)
    before, after = (counts(folders, strategy, at) for at in (step - 1, step))
    both = before.join(after, how="inner", lsuffix="_before", rsuffix="_after")
    both = both[both["learned_before"] == both["learned_after"]]
    worse = both["right_after"] < both["right_before"]
    return set(both.index[worse].astype(str))


def right(folders: Iterable[Path], strategy: str, step: int) -> set[str]:
    """The subjects whose facts a strategy answers right in all counted wordings."""
    found = counts(folders, strategy, step)
    return set(found.index[found["right"] == found["asked"]].astype(str))


def listed(page: Page) -> int:
    """The number of facts that the list has, as the page says it."""
    text = page.locator(".facts-count b").first.inner_text()
    return int(re.sub(r"\D", "", text))


def subjects(page: Page) -> list[str]:
    """The subjects in the rows that are drawn, from top to bottom."""
    rows = page.locator(".facts-body .fact-row")
    found: list[Any] = rows.evaluate_all(
        "rows => rows.map(r => [Number(r.ariaRowIndex ?? r.getAttribute('aria-rowindex')),"
        " r.querySelector('.subject').textContent]).sort((a, b) => a[0] - b[0])"
    )
    return [str(subject) for _, subject in found]


def all_subjects(page: Page) -> set[str]:
    """The subjects of the whole list, scrolled through."""
    found: set[str] = set()
    grid = page.locator("#facts-grid")
    for top in range(0, 20_000, 400):
        grid.evaluate("(grid, top) => { grid.scrollTop = top; }", top)
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
        found |= set(subjects(page))
        if len(found) >= listed(page):
            return found
    return found


def tally(page: Page, side: str, state: str) -> int:
    """How many of the listed facts are in a state, for A or B."""
    line = page.locator(".tally-line").nth("ab".index(side))
    button = line.get_by_role("button", name=re.compile(rf"^\s*[\d,]+ {state}$"))
    return int(button.inner_text().split()[0].replace(",", "")) if button.count() else 0


def shared(page: Page) -> dict[str, str]:
    """The parts of the hash."""
    pairs: list[list[str]] = page.evaluate("[...new URLSearchParams(location.hash.slice(1))]")
    return {name: value for name, value in pairs}
