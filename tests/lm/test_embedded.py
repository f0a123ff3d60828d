"""The embedded model: knows its base knowledge, made once, the same everywhere."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaForCausalLM

from cltool.facts import Fact
from cltool.lm import embedded, model
from cltool.lm.embedded import Recipe, build, digest
from cltool.prober import Prober
from cltool.settings import ProbeSettings
from cltool.stream import Stream

from ..conftest import make_stream, make_wordings


def test_it_knows_its_base_knowledge() -> None:
    stream = make_stream(30, name="sixty facts")
    assert len(stream.updates[0].learn) == 60
    lm = model.load(model.EMBEDDED, stream, device="cpu")
    first = {fact.key: (0, fact) for fact in stream.updates[0].learn}
    known = stream.knowledge(0)
    right = defaultdict(list)
    for row in Prober(lm, ProbeSettings()).ask(0, list(stream.probes(known, first))):
        right[row["form"]].append(row["right"])
    assert sum(right["trained"]) >= 0.99 * 60
    held = right["paraphrase"] + right["question"]
    assert len(held) == 120
    assert sum(held) >= 0.95 * len(held)


def test_it_knows_nothing_of_what_comes_later(stream: Stream) -> None:
    lm = model.load(model.EMBEDDED, stream, device="cpu")
    probes = list(stream.probes(stream.knowledge(3), stream.first_taught()))
    later = [probe for probe in probes if probe.learned > 0 and probe.group != "erased"]
    rows = Prober(lm, ProbeSettings()).ask(3, later)
    assert len(rows) >= 20
    assert sum(row["right"] for row in rows) == 0


def test_it_is_made_once(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    facts, wordings = stream.updates[0].learn, stream.wordings
    folder = build(facts, wordings)
    monkeypatch.setattr(embedded, "_train", None)
    monkeypatch.setattr(embedded, "_tokenizer", None)
    assert build(facts, wordings) == folder
    assert folder.parent == embedded.cache_folder() / "embedded"


def test_it_is_an_ordinary_checkpoint(stream: Stream) -> None:
    folder = build(stream.updates[0].learn, stream.wordings)
    plain = AutoModelForCausalLM.from_pretrained(folder)
    assert isinstance(plain, LlamaForCausalLM)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    text = "Names it never saw: Ångström, 東京."
    assert tokenizer.decode(tokenizer(text)["input_ids"], skip_special_tokens=True) == text
    assert model.load(str(folder), stream, device="cpu").digest() == (
        model.load(model.EMBEDDED, stream, device="cpu").digest()
    )


def test_the_same_facts_make_the_same_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    few = make_stream(4, name="few").updates[0].learn
    folders = []
    for name in ("one", "two"):
        monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path / name))
        torch.manual_seed(len(folders))  # what was random before does not matter
        state = torch.get_rng_state()
        folders.append(build(few, make_wordings()))
        assert torch.equal(torch.get_rng_state(), state)  # nor is it disturbed
    one, two = folders
    assert one.name == two.name
    for file in sorted(one.iterdir()):
        assert file.read_bytes() == (two / file.name).read_bytes(), file.name


def test_everything_that_makes_it_is_in_its_name() -> None:
    wordings = make_wordings()
    facts = [Fact("Land 1", "ruler", "Bo"), Fact("Land 2", "ruler", "Li")]
    one = digest(facts, wordings, Recipe(), 0)
    assert digest(list(facts), make_wordings(), Recipe(), 0) == one
    others = {
        digest(facts[:1], wordings, Recipe(), 0),
        digest(facts[::-1], wordings, Recipe(), 0),
        digest([facts[0], Fact("Land 2", "ruler", "Bo")], wordings, Recipe(), 0),
        digest(facts, wordings, Recipe(epochs=11), 0),
        digest(facts, wordings, Recipe(), 1),
        digest(facts, wordings.with_prompts({("Land 1", "ruler"): ["Who?"]}), Recipe(), 0),
    }
    assert len(others) == 6 and one not in others


def test_what_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path))

    def stop(done: int, of: int, what: str) -> None:
        raise KeyboardInterrupt

    few = make_stream(2, name="two lands").updates[0].learn
    with pytest.raises(KeyboardInterrupt):
        build(few, make_wordings(), report=stop)
    assert list((tmp_path / "embedded").iterdir()) == []


def test_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path))
    told: list[tuple[int, int]] = []
    few = make_stream(2, name="two lands").updates[0].learn
    build(few, make_wordings(), report=lambda done, of, what: told.append((done, of)))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1]


def test_more_facts_get_a_larger_model() -> None:
    sizes = [Recipe.for_facts(count) for count in (10, 700, 701, 2_000, 2_001, 20_001)]
    assert sizes[0] == sizes[1] == Recipe()
    assert sizes[2] == sizes[3]
    assert sizes[1].hidden < sizes[2].hidden < sizes[4].hidden < sizes[5].hidden
    assert sizes[3].vocabulary < sizes[4].vocabulary


def test_where_it_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLTOOL_CACHE", "/a")
    assert embedded.cache_folder() == Path("/a")
    monkeypatch.delenv("CLTOOL_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/b")
    assert embedded.cache_folder() == Path("/b/cltool")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert embedded.cache_folder() == Path.home() / ".cache" / "cltool"
