"""Names to classes, lazily."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from cltool.core import registry
from cltool.core.errors import UserError
from cltool.core.registry import Entry, Registry
from cltool.scenarios import SCENARIOS
from cltool.strategies import STRATEGIES

ROOT = Path(__file__).parents[2]


def made(*entries: tuple[str, str]) -> Registry:
    return Registry("thing", "no.such.group", tuple(Entry(n, t, f"the {n}") for n, t in entries))


def test_entries_are_loaded() -> None:
    things = made(("fact", "cltool.facts.facts:Fact"))
    from cltool.facts.facts import Fact

    assert things.load("fact") is Fact
    assert things.names() == ["fact"]
    assert "fact" in things and "fiction" not in things


def test_an_unknown_name_gets_a_suggestion_and_the_command_that_lists_all() -> None:
    with pytest.raises(UserError, match="unknown strategy 'replya'") as caught:
        STRATEGIES.load("replya")
    assert caught.value.hint.startswith("Did you mean 'replay'")
    assert "cltool list strategies" in caught.value.hint
    assert len(caught.value.hint) < 120
    with pytest.raises(UserError) as far:
        STRATEGIES.load("zzzzzz")
    assert "Did you mean" not in far.value.hint
    with pytest.raises(UserError) as few:
        made(("one", "a:b"), ("two", "a:b")).load("zzzzzz")
    assert few.value.hint == "There are: one, two."


@pytest.mark.parametrize("target", ["no.such.module:Class", "cltool.facts.facts:NoSuchClass"])
def test_an_entry_that_cannot_be_loaded_is_reported(target: str) -> None:
    with pytest.raises(UserError, match="'broken' cannot be loaded") as caught:
        made(("broken", target)).load("broken")
    assert target in caught.value.where


def test_a_name_is_registered_once() -> None:
    with pytest.raises(UserError, match="registered twice"):
        made(("a", "x:y"), ("a", "z:w"))


def test_a_registry_can_be_extended_for_a_while() -> None:
    things = made(("fact", "cltool.facts.facts:Fact"))
    other = Entry("update", "cltool.facts.facts:Update", "an update")
    with pytest.raises(ZeroDivisionError), things.extended(other):
        assert things.names() == ["fact", "update"]
        raise ZeroDivisionError
    assert things.names() == ["fact"]
    same = Entry("fact", "cltool.facts.facts:Update", "another fact")
    with pytest.raises(UserError, match="registered twice"), things.extended(same):
        pass


def test_installed_packages_add_names(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [EntryPoint("theirs", "cltool.facts.facts:Fact", "things")]
    monkeypatch.setattr(registry, "entry_points", lambda group: points)
    things = made(("mine", "cltool.facts.facts:Update"))
    assert things.names() == ["mine", "theirs"]
    assert things.entry("theirs").source == "an unnamed package"
    points.append(EntryPoint("mine", "a:b", "things"))
    with pytest.raises(UserError, match="'mine' is registered twice"):
        made(("mine", "cltool.facts.facts:Update")).names()


@pytest.mark.parametrize("known", [STRATEGIES, SCENARIOS])
def test_every_built_in_can_be_loaded_and_has_a_summary(known: Registry) -> None:
    for entry in known.entries():
        kind = known.load(entry.name)
        assert kind.__doc__ and sys.modules[kind.__module__].__doc__
        assert entry.summary and not entry.summary.endswith(".")
        assert kind.Config.model_config["extra"] == "forbid"


def test_listing_imports_nothing() -> None:
    code = (
        "import sys\n"
        "from cltool.strategies import STRATEGIES\n"
        "from cltool.scenarios import SCENARIOS\n"
        "assert STRATEGIES.entries() and SCENARIOS.entries()\n"
        "bad = {'torch', 'transformers', 'avalanche', 'pandas', 'numpy', 'pydantic'}\n"
        "print(sorted(bad & set(sys.modules)))\n"
        "within = 'cltool.strategies.', 'cltool.scenarios.'\n"
        "print([name for name in sys.modules if name.startswith(within)])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert found.stdout.split("\n")[:2] == ["[]", "[]"]
