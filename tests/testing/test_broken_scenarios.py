"""`check_scenario` catches scenarios that break a promise, and says which."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

import pytest

from cltool.facts.facts import Fact, Knowledge, Update
from cltool.facts.scenario import Scenario, ScenarioConfig
from cltool.facts.stream import Probe, Stream
from cltool.facts.wording import Wording
from cltool.facts.wordings import Wordings
from cltool.testing import ContractError, check_scenario
from cltool.testing.material import small_stream

from .broken import NoStrategy, class_name


class Good(Scenario):
    """The small stream; the others change one thing."""

    def stream(self, seed: int) -> Stream:
        return replace(small_stream(), **self.changes(small_stream()))

    def changes(self, stream: Stream) -> dict[str, Any]:
        return {}


class Moody(Good):
    def changes(self, stream: Stream) -> dict[str, Any]:
        new = Fact("Ib", "mayor", random.choice("abcdefgh") + str(random.random()))
        return {"updates": (*stream.updates, Update(4, "late", (new,)))}


class Drifting(Good):
    def changes(self, stream: Stream) -> dict[str, Any]:
        def extra(known: Knowledge) -> Iterator[Probe]:
            yield _probe(prompt=f"{random.random()} is", learned=known.step)

        return {"extra_probes": extra}


class Misnumbered(Good):
    def changes(self, stream: Stream) -> dict[str, Any]:
        return {"updates": (*stream.updates[:2], *stream.updates[3:])}


class Baseless(Good):
    def changes(self, stream: Stream) -> dict[str, Any]:
        return {"updates": (Update(0, "base", ()),)}


class Unlabelled(Good):
    def changes(self, stream: Stream) -> dict[str, Any]:
        return {"updates": (replace(stream.updates[0], label=" "), *stream.updates[1:])}


class Contradictory(Good):
    """Forgets what nobody knew."""

    def changes(self, stream: Stream) -> dict[str, Any]:
        unknown = Update(4, "four", (), (Fact("Oz", "mayor", "Tik Tok"),))
        return {"updates": (*stream.updates, unknown)}


class Unanswerable(Good):
    def changes(self, stream: Stream) -> dict[str, Any]:
        return {"updates": (*stream.updates, Update(4, "four", (Fact("Oz", "mayor", "\u200b"),)))}


class Hollow(Good):
    def changes(self, stream: Stream) -> dict[str, Any]:
        return {"updates": (*stream.updates, Update(4, "four", (Fact("Oz", "mayor", ""),)))}


class Untaught(Wordings):
    def examples(self, fact: Fact) -> list[tuple[str, str]]:
        return []


class Wordless(Good):
    def changes(self, stream: Stream) -> dict[str, Any]:
        return {"wordings": Untaught({})}


class Leaky(Good):
    """Two wordings of a relation are one prompt, so the held-out one is trained too."""

    def changes(self, stream: Stream) -> dict[str, Any]:
        texts = ("{subject} has {object}.", "{subject} has {object}!")
        wordings = [Wording.parse(text) for text in texts]
        return {"wordings": Wordings(dict.fromkeys(("mayor", "market", "river"), wordings))}


class Unwritable(Good):
    def changes(self, stream: Stream) -> dict[str, Any]:
        return {"source": {"file": Path("facts.csv")}}


def _probe(**changes: Any) -> Probe:
    made = Probe(("Alden", "moat"), "two_hop", 0, "It is", " ", ".", "new", 0, ("deep",))
    return replace(made, **changes)


class Probing(Good):
    """Asks one extra probe at every step."""

    changed: ClassVar[dict[str, Any]] = {}

    def changes(self, stream: Stream) -> dict[str, Any]:
        def extra(known: Knowledge) -> Iterator[Probe]:
            yield _probe(**{"learned": known.step, **self.changed})

        return {"extra_probes": extra}


class AsksNothing(Probing):
    changed: ClassVar[dict[str, Any]] = {"prompt": " "}


class AcceptsNothing(Probing):
    changed: ClassVar[dict[str, Any]] = {"accepted": ()}


class OddGroup(Probing):
    changed: ClassVar[dict[str, Any]] = {"group": "lost"}


class WrongGroup(Probing):
    changed: ClassVar[dict[str, Any]] = {"group": "retained"}


class AcceptsTheOutdated(Probing):
    changed: ClassVar[dict[str, Any]] = {"outdated": ("Deep.",)}


class AsksTwice(Probing):
    changed: ClassVar[dict[str, Any]] = {"key": ("Alden", "mayor"), "form": "trained"}

    def changes(self, stream: Stream) -> dict[str, Any]:
        number = stream.wordings.askings(("Alden", "mayor"))[0].number
        type(self).changed = {**self.changed, "number": number}
        return super().changes(stream)


class WorkingScenario(Good):
    def __init__(self, config: ScenarioConfig) -> None:
        super().__init__(config)
        self.made = small_stream()


class Returning(Good):
    def stream(self, seed: int) -> Any:
        return list(small_stream())


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (Moody, "two streams of seed 0 differ: .*late"),
        (Drifting, "two streams of seed 0 differ: probes after update 0"),
        (Misnumbered, r"have the steps \[0, 1, 3\]"),
        (Baseless, "its base is empty"),
        (Unlabelled, "an update has no label"),
        (Contradictory, "update 4. raised UserError: .*asks to forget"),
        (Unanswerable, "cannot be matched as an answer"),
        (Hollow, "has an empty part"),
        (Wordless, "has no trained wording"),
        (Leaky, "is both held out and trained"),
        (Unwritable, "writing Stream.source as JSON raised TypeError"),
        (AsksNothing, "has no prompt"),
        (AcceptsNothing, "has no accepted answer"),
        (OddGroup, "has the group 'lost'"),
        (WrongGroup, "has the group 'retained', learned 0"),
        (AcceptsTheOutdated, "has an outdated answer that is also accepted"),
        (AsksTwice, "occurs twice"),
        (WorkingScenario, "the constructor sets made"),
        (Returning, "does not return a Stream"),
        (NoStrategy, "is not a subclass of cltool.facts.scenario.Scenario"),
    ],
    ids=class_name,
)
def test_a_broken_scenario_is_caught(kind: type[Any], message: str) -> None:
    with pytest.raises(ContractError, match=message) as caught:
        check_scenario(kind)
    assert str(caught.value).startswith(f"{kind.__name__}: ")
    assert caught.value.hint


@pytest.mark.parametrize("kind", [Good, Probing])
def test_a_scenario_of_a_test_file_passes(kind: type[Scenario]) -> None:
    check_scenario(kind)


MODULE = """
{extra}
from dataclasses import replace
from cltool.facts.facts import Fact, Update
from cltool.facts.scenario import Scenario
from cltool.facts.stream import Stream
from cltool.facts.wordings import Wordings

class Module(Scenario):
    def stream(self, seed):
        facts = [Fact(name, "mayor", f"M {{name}}") for name in {names}]
        return Stream("module", [Update(0, "base", facts)], Wordings({{}}))
"""


@pytest.mark.parametrize(
    ("name", "extra", "names", "message"),
    [
        ("ordered", "", "['a', 'b', 'c']", None),
        ("hashed", "", "{*'abcdefghijklmnopqrstuvwxyz'}", "two processes make different streams"),
        ("heavy", "import torch", "['a']", "importing contract_heavy imports torch"),
    ],
)
def test_a_module_is_checked_in_a_fresh_python(
    name: str,
    extra: str,
    names: str,
    message: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = MODULE.format(extra=extra, names=names)
    (tmp_path / f"contract_{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    kind = import_module(f"contract_{name}").Module
    if message is None:
        check_scenario(kind)
        return
    with pytest.raises(ContractError, match=message):
        check_scenario(kind)
