"""Synthetic run folders, written through the real ledger and record, and a parser of pages."""

from __future__ import annotations

import base64
import gzip
import hashlib
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cltool.evaluation.ledger import write_step
from cltool.runs.run import Run

from .drawn_stream import drawn_beliefs

if TYPE_CHECKING:
    import pandas as pd

FORMS = (("trained", 0), ("paraphrase", 0), ("question", 0))
LABELS = ("2010-01", "2011-12", "2012-06", "2013-03", "2014-09", "2015-01", "2016-11", "2017-05")


@dataclass
class Recipe:
    """The ingredients of a synthetic run.

    Attributes:
        keep: the chance that a fact learned earlier is still answered right, a step.
        gain: the chance that a fact just taught is answered right.
        drawn: seed of a stream of `drawn_stream`; None: the same stream for all recipes.
    """

    strategy: str = "naive"
    seed: int = 0
    keep: float = 0.9
    gain: float = 0.97
    labels: Sequence[str] = LABELS
    facts: int = 24
    per_update: int = 4
    done: int | None = None
    subject: str = "Person"
    erase: bool = False
    drawn: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    record: Mapping[str, Any] = field(default_factory=dict)


def _beliefs(recipe: Recipe) -> list[list[dict[str, Any]]]:
    """For every step, one dictionary a fact: object, learned, outdated, group."""
    if recipe.drawn is not None:
        return drawn_beliefs(recipe.drawn, recipe.facts, len(recipe.labels))
    rng = random.Random("stream")
    total = len(recipe.labels)
    late = min(recipe.facts // 4, total - 1)
    state: list[dict[str, Any]] = [
        {"learned": 0 if i >= late else 1 + i % max(1, total - 1), "object": f"Object {i}.0"}
        for i in range(recipe.facts)
    ]
    for fact in state:
        fact.update(outdated=[], group="future" if fact["learned"] else "new")
    steps = [[dict(fact) for fact in state]]
    for step in range(1, total):
        changed = set(rng.sample(range(late, recipe.facts), recipe.per_update))
        gone = late if recipe.erase and step == 1 else -1
        for i, fact in enumerate(state):
            if i == gone or fact["group"] == "erased":
                fact["group"] = "erased"
            elif fact["learned"] == step and i < late:
                fact["group"] = "new"
            elif i in changed:
                older = [*fact["outdated"], fact["object"]]
                fact.update(object=f"Object {i}.{step}", learned=step, outdated=older, group="new")
            elif fact["learned"] < step:
                fact["group"] = "retained"
        steps.append([dict(fact) for fact in state])
    return steps


def _answer(fact: Mapping[str, Any], rng: random.Random, recipe: Recipe, age: int) -> str:
    known = fact["group"] != "future"
    chance = recipe.gain * recipe.keep**age if known else 0.03
    if rng.random() < chance:
        return str(fact["object"])
    if fact["outdated"] and rng.random() < 0.5:
        return str(fact["outdated"][-1])
    return f"Object {rng.randrange(99)}.x"


def _rows(recipe: Recipe, step: int, facts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rng = random.Random(f"{recipe.strategy}/{recipe.seed}/{step}")
    rows: list[dict[str, Any]] = []
    for i, fact in enumerate(facts):
        name = f"{recipe.subject} {fact.get('subject', i)}"
        relation = fact.get("relation", "works for")
        for form, number in FORMS if step >= fact.get("asked_from", 0) else ():
            answer = _answer(fact, rng, recipe, max(0, step - fact["learned"]))
            outdated = "outdated" if answer in fact["outdated"] else "wrong"
            verdict = "right" if answer == fact["object"] else outdated
            rows.append(
                {
                    "step": step,
                    "subject": name,
                    "relation": relation,
                    "form": form,
                    "number": number,
                    "prompt": f"{name} {relation}",
                    "closing": ".",
                    "group": fact["group"],
                    "learned": fact["learned"],
                    "accepted": [fact["object"]],
                    "outdated": fact["outdated"],
                    "answer": f" {answer}.",
                    "stop": "end",
                    "matched": answer,
                    "right": answer == fact["object"],
                    "stale": answer in fact["outdated"],
                    "forced": answer == fact["object"],
                    "logp": -0.1,
                    "logp_outdated": -2.0 if fact["outdated"] else None,
                    "match": "exact",
                    **dict.fromkeys(("exact", "contains", "choice"), verdict),
                    "chosen": answer,
                }
            )
    return rows


def write_run(folder: Path, recipe: Recipe) -> Run:
    """Write the run folder of ``recipe``."""
    run = Run(folder)
    done = len(recipe.labels) if recipe.done is None else recipe.done
    for step, facts in enumerate(_beliefs(recipe)[:done]):
        write_step(folder, step, _rows(recipe, step, facts))
    run.write_costs(
        [
            {
                "step": step,
                "label": recipe.labels[step],
                "seconds": 3.25 + recipe.seed + step,
                "tokens": 150_000 + 10 * recipe.seed,
                "erasing_tokens": 7 * step,
                "peak_memory": 400_000_000,
                "stored_bytes": 3_100_000 if recipe.strategy == "ewc" else 0,
            }
            for step in range(done)
        ]
    )
    run.write_record(
        {
            "format": 1,
            "status": "finished" if done == len(recipe.labels) else "running",
            "scenario": "world",
            "strategy": recipe.strategy,
            "seed": recipe.seed,
            "model": "tiny",
            "labels": list(recipe.labels),
            "settings": {
                "scenario": {"facts": recipe.facts},
                "model": {"name": "tiny"},
                "learner": {"lr": 0.001, "epochs": 4},
                "strategy": {"name": recipe.strategy},
                "probe": {"max_new_tokens": 12},
                **recipe.settings,
            },
            "versions": {"cltool": "0.1.0", "torch": "2.9.0"},
            "stream": {
                "updates": [{"learn": recipe.per_update, "forget": 0} for _ in recipe.labels],
                "source": {"file": "facts.csv"},
                "skipped": [],
            },
            "warnings": [],
            **recipe.record,
        }
    )
    return run


Make = Callable[..., Run]
"""Makes a run folder: ``make(strategy="ewc", seed=1, …)``, the fields of `Recipe`."""


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A maker of run folders below ``tmp_path``; ``folder=`` names one, else it is generated."""

    def _make(folder: str | None = None, **fields: Any) -> Run:
        recipe = Recipe(**fields)
        name = folder or f"runs/{recipe.strategy}-seed{recipe.seed}"
        return write_run(tmp_path / name, recipe)

    return _make


VOID = {"meta", "br", "col", "input"}
EVIL = "\"'><script>alert(1)</script><!-- </style>{{ 7 * 7 }}{% x %}"
"""Text that would break a page if it were not escaped."""


class Tree(HTMLParser):
    """A parsed page; parsing fails if tags are not balanced."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.seen: list[tuple[str, dict[str, str | None], tuple[str, ...]]] = []
        self.text: list[tuple[str, str]] = []
        self.feed(page)
        self.close()
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs), tuple(name for name, _ in self.open)))
        assert len(attrs) == len(dict(attrs)), f"an attribute twice on {tag}"
        if tag not in VOID:
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        self.text.append((self.open[-1][0] if self.open else "", data))

    def all(self, tag: str, class_: str | None = None) -> list[dict[str, str | None]]:
        return [
            attributes
            for name, attributes, _ in self.seen
            if name == tag and (class_ is None or class_ in (attributes.get("class") or "").split())
        ]


def at(frame: pd.DataFrame, row: str, column: str) -> Any:
    """One cell; without the type of everything that a cell could be."""
    cell: Any = frame.loc[row, column]
    return cell


def safe(page: str) -> Tree:
    """Check that data did not become markup and that a page loads nothing; return its tree.

    The page's own script is left out: it names namespaces by their addresses, and licences.
    """
    tree = Tree(page)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.S)
    page = page.replace(script, "")
    assert "<script>alert" not in page
    assert "<!--" not in page
    assert not re.search(r"https?:|//cdn|@import|url\(", page)
    scripts = tree.all("script")
    assert [one for one in scripts if one.get("type") != "text/plain"] == [{}]
    assert len(tree.all("style")) == 1
    for tag, attributes, _ in tree.seen:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "form", "use"}
        assert not {"src", "srcset", "action"} & set(attributes)
        assert (attributes.get("href") or "#").startswith("#")
        assert not [name for name in attributes if name.startswith("on")]
    (policy,) = [meta["content"] for meta in tree.all("meta") if meta.get("http-equiv")]
    carried = re.findall(r'<script [^>]*id="cltool-script"[^>]*>([^<]*)<', page)
    run = [script, *(gzip.decompress(base64.b64decode(one)).decode() for one in carried)]
    digests = [base64.b64encode(hashlib.sha256(one.encode()).digest()) for one in run]
    allowed = " ".join(f"'sha256-{digest.decode('ascii')}'" for digest in digests)
    assert (policy or "").startswith("default-src 'none'")
    assert f"script-src {allowed};" in (policy or "")
    return tree
