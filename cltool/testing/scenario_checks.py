"""The checks of scenarios. Imports no torch."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from cltool.core.seeds import derive
from cltool.facts.facts import Fact, Key, Knowledge
from cltool.facts.identity import object_identity
from cltool.facts.scenario import Scenario, ScenarioConfig
from cltool.facts.spellings import other_spellings
from cltool.facts.stream import ERASED, FUTURE, NEW, RETAINED, Probe, Stream
from cltool.facts.wordings import TRAINED, Wordings
from cltool.testing.suite import Suite

MOST_KEYS = 200
"""Maximum number of keys of a scenario that are checked in detail."""

_DRAW = "Derive all random choices from the seed, and sort what comes from sets."


def check(cls: type[Scenario], config: ScenarioConfig | None) -> None:
    """See `cltool.testing.check_scenario`."""
    suite = Suite(cls)
    suite.base_class(Scenario)
    options: ScenarioConfig = suite.config(ScenarioConfig, config)
    suite.constructor(options, {"config"})
    digests: dict[str, str] = {}
    for seed in (0, 1):
        with suite.during(f"stream(seed={seed})"):
            streams = [cls(options).stream(seed) for _ in range(2)]
        suite.expect(
            all(isinstance(stream, Stream) for stream in streams),
            "stream() does not return a Stream",
            "Return cltool.facts.stream.Stream(name, updates, wordings, …).",
        )
        _check_stream(suite, streams[0])
        with suite.during("reading the stream"):
            digests, again = map(fingerprint, streams)
        suite.same(digests, again, f"two streams of seed {seed} differ", _DRAW)
    _check_new_process(suite, options, digests)


def _keys(stream: Stream) -> dict[Key, tuple[int, Fact]]:
    """Return the stream's keys, or a sample of them."""
    first = stream.first_taught()
    chosen = sorted(first, key=lambda key: derive(0, *key))[:MOST_KEYS]
    return {key: first[key] for key in chosen}


def fingerprint(stream: Stream) -> dict[str, str]:
    """Return hashes of all parts of a stream, by name."""
    keys, known = _keys(stream), Knowledge()
    parts: dict[str, Any] = {
        "name": stream.name,
        "source": json.dumps(stream.source),
        "skipped": stream.skipped,
        "origins": sorted(stream.origins.items()),
        "days": sorted(stream.days.items()),
        "wordings": [stream.wordings.askings(key) for key in keys],
    }
    for update in stream:
        known.apply(update)
        place = f"update {update.step} ({update.label})"
        parts[f"learn of {place}"] = tuple(update.learn)
        parts[f"forget of {place}"] = tuple(update.forget)
        parts[f"restated of {place}"] = tuple(update.restated)
        parts[f"probes after {place}"] = tuple(stream.probes(known, keys))
    return {name: hashlib.sha256(repr(part).encode()).hexdigest() for name, part in parts.items()}


def _check_new_process(suite: Suite, config: ScenarioConfig, expected: Mapping[str, str]) -> None:
    """Check in a new process with other string hashes: the same stream, and no torch."""
    kind = suite.kind
    if kind.__module__ == "__main__" or not kind.__qualname__.isidentifier():
        return
    arguments = [kind.__module__, kind.__qualname__, config.model_dump_json(by_alias=True)]
    code = (
        "import sys; from cltool.testing import scenario_checks; "
        "scenario_checks.print_fingerprint(*sys.argv[1:])"
    )
    path = os.pathsep.join(part or str(Path.cwd()) for part in sys.path)
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": "12345"},
        capture_output=True,
        text=True,
        check=False,
    )
    suite.expect(
        done.returncode == 0, f"fails in a fresh Python:\n{done.stderr}", "See the error above."
    )
    found = json.loads(done.stdout.splitlines()[-1])
    if found is None:
        # The module cannot be imported there, such as a test file that only pytest finds.
        return
    suite.expect(
        not found.pop("torch"),
        f"importing {kind.__module__} imports torch",
        "Do not import torch in scenarios: listing and reading streams must be fast.",
    )
    suite.same(expected, found, "two processes make different streams of seed 1", _DRAW)


def print_fingerprint(module: str, name: str, config: str) -> None:
    """Print the fingerprint of a class's stream; ``null`` if its module is not found."""
    try:
        kind: type[Scenario] = getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        if f"{module}.".startswith(f"{error.name}."):
            print("null")
            return
        raise
    stream = kind(kind.Config.model_validate_json(config)).stream(1)
    print(json.dumps({**fingerprint(stream), "torch": "torch" in sys.modules}))


def _check_stream(suite: Suite, stream: Stream) -> None:
    expect = suite.expect
    with suite.during("reading the stream's updates"):
        updates = list(stream.updates)
    steps = [update.step for update in updates]
    expect(
        updates and steps == [*range(len(stream))],
        f"its updates have the steps {steps[:20]}",
        "Number them 0, 1, 2, …: step 0 is the base knowledge.",
    )
    expect(len(updates[0].learn), "its base is empty", "Put the initial knowledge into step 0.")
    expect(
        all(isinstance(update.label, str) and update.label.strip() for update in updates),
        "an update has no label",
        "Give each update a label for reports, such as a date.",
    )
    expect(
        not (twice := [*other_spellings(updates).items()]),
        f"it writes a name in two ways: {twice[:3]}",
        "Write each subject and relation in one way, or make the updates a list.",
    )
    with suite.during("writing Stream.source as JSON"):
        json.dumps(dict(stream.source), allow_nan=False)
    for update in updates:
        for fact in update.learn:
            _check_fact(suite, fact)
    keys, known = _keys(stream), Knowledge()
    trained = {
        key: _check_wordings(suite, stream.wordings, first) for key, (_, first) in keys.items()
    }
    for update in updates:
        with suite.during(f"Knowledge.apply(update {update.step})"):
            known.apply(update)
        with suite.during(f"the probes after update {update.step}"):
            probes = list(stream.probes(known, keys))
        _check_probes(suite, probes, known.step, len(stream), trained)


def _check_fact(suite: Suite, fact: Fact) -> None:
    for text in (*fact.key, *fact.accepted):
        suite.expect(
            isinstance(text, str) and text.strip(),
            f"{fact} has an empty part",
            "Give each fact a subject, a relation, an object, and no empty alias.",
        )
    for text in fact.accepted:
        suite.expect(
            object_identity(text) and "\n" not in text.strip(),
            f"the object {text!r} of {fact.key} cannot be matched as an answer",
            "An object must be one line, with characters that are shown.",
        )


def _check_wordings(suite: Suite, wordings: Wordings, fact: Fact) -> set[str]:
    """Check the wordings of the fact's key; return its trained prompts."""
    with suite.during(f"wording {fact.key}"):
        askings, examples = wordings.askings(fact.key), wordings.examples(fact)
    suite.expect(examples, f"{fact.key} has no trained wording", "Give it a trained wording.")
    prompts = {prompt for prompt, _ in examples}
    for prompt, target in examples:
        suite.expect(
            prompt.strip() and target.lstrip().startswith(fact.object),
            f"the wording ({prompt!r}, {target!r}) of {fact.key} does not ask for its object",
            "Return the prompt, then a target that begins with the object.",
        )
    both = [one.prompt for one in askings if one.form != TRAINED and one.prompt in prompts]
    suite.expect(
        not both,
        f"{both} of {fact.key} is both held out and trained",
        "Make sure that no two wordings of a relation give the same prompt.",
    )
    return prompts


def _check_probes(
    suite: Suite, probes: Sequence[Probe], step: int, steps: int, trained: Mapping[Key, set[str]]
) -> None:
    seen: set[tuple[object, ...]] = set()
    for probe in probes:
        name = f"the probe {probe.key} {probe.form} {probe.number} after update {step}"
        identity = (probe.key, probe.form, probe.number)
        allowed = {
            NEW: probe.learned == step,
            RETAINED: 0 <= probe.learned < step,
            FUTURE: step < probe.learned < steps,
            ERASED: 0 <= probe.learned <= step,
        }
        accepted = [*map(object_identity, probe.accepted)]
        leaked = probe.form != TRAINED and probe.prompt in trained.get(probe.key, ())
        found = {
            "occurs twice: number the probes of one key and form": identity in seen,
            "has no prompt, or a prompt that ends in white space": (
                not probe.prompt.strip() or probe.prompt != probe.prompt.rstrip()
            ),
            "has no accepted answer, or an empty one": not (accepted and all(accepted)),
            "has an outdated answer that is also accepted": bool(
                {*accepted} & {*map(object_identity, probe.outdated)}
            ),
            f"has the group {probe.group!r}, learned {probe.learned}": not allowed.get(probe.group),
            "is held out, but its prompt is trained": leaked,
        }
        seen.add(identity)
        for what, broken in found.items():
            suite.expect(not broken, f"{name} {what}", "Fix extra_probes, or the facts.")
