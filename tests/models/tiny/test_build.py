"""The embedded model knows its base facts, is built once, and is the same everywhere."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaForCausalLM,
    PreTrainedModel,
)

from cltool.core.progress import Progress
from cltool.core.settings import ProbeSettings
from cltool.evaluation.prober import Prober
from cltool.facts.facts import Fact
from cltool.facts.stream import Stream
from cltool.facts.wording import Wording
from cltool.facts.wordings import Wordings, from_name
from cltool.lm.coder import Coder
from cltool.lm.language_model import LanguageModel
from cltool.models import load
from cltool.models.tiny import build as embedded
from cltool.models.tiny import train
from cltool.models.tiny.architecture import Architecture, Llama
from cltool.models.tiny.build import build, coder, digest
from cltool.models.tiny.reading import Exercises, Page
from cltool.models.tiny.recipe import Recipe
from tools import open_book

from ...conftest import RELATIONS, make_stream, make_wordings


def test_it_knows_its_base_facts() -> None:
    stream = make_stream(30, name="sixty facts")
    assert len(stream.updates[0].learn) == 60
    lm = load("tiny", stream, device="cpu", reading=False)
    first = {fact.key: (0, fact) for fact in stream.updates[0].learn}
    known = stream.knowledge(0)
    right = defaultdict(list)
    for row in Prober(lm, ProbeSettings()).ask(0, list(stream.probes(known, first))):
        right[row["form"]].append(row["right"])
    assert sum(right["trained"]) >= 0.99 * 60
    held = right["paraphrase"] + right["question"]
    assert len(held) == 120
    assert sum(held) >= 0.95 * len(held)


def test_it_does_not_know_facts_of_later_updates(stream: Stream) -> None:
    lm = load("tiny", stream, device="cpu", reading=False)
    probes = list(stream.probes(stream.knowledge(3), stream.first_taught()))
    later = [probe for probe in probes if probe.learned > 0 and probe.group != "erased"]
    rows = Prober(lm, ProbeSettings()).ask(3, later)
    assert len(rows) >= 20
    assert sum(row["right"] for row in rows) == 0


def test_it_is_built_once(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    facts, wordings = stream.updates[0].learn, stream.wordings
    folder = build(facts, wordings, reading=False)
    monkeypatch.setattr(embedded, "make", None)
    assert build(facts, wordings, reading=False) == folder
    assert folder.parent == embedded.cache_folder() / "embedded"


def test_it_is_an_ordinary_checkpoint(stream: Stream) -> None:
    folder = build(stream.updates[0].learn, stream.wordings, reading=False)
    plain = AutoModelForCausalLM.from_pretrained(folder)
    assert isinstance(plain, LlamaForCausalLM)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    text = "Names it never saw: Ångström, 東京."
    assert tokenizer.decode(tokenizer(text)["input_ids"], skip_special_tokens=True) == text
    assert load(str(folder), stream, device="cpu").digest() == (
        load("tiny", stream, device="cpu", reading=False).digest()
    )


def test_the_same_facts_make_the_same_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = make_stream(4, name="few").updates[0].learn
    folders = []
    for name in ("one", "two"):
        monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path / name))
        torch.manual_seed(len(folders))  # the global generator does not influence it
        state = torch.get_rng_state()
        folders.append(build(few, make_wordings(), reading=False))
        assert torch.equal(torch.get_rng_state(), state)  # and is left as it was
    one, two = folders
    assert one.name == two.name
    for file in sorted(one.iterdir()):
        assert file.read_bytes() == (two / file.name).read_bytes(), file.name


def make_wordings_with_another() -> Wordings:
    """Wordings with one more relation, which no base fact has but exercises may use."""
    known = {name: [Wording.parse(text) for text in texts] for name, texts in RELATIONS.items()}
    return Wordings({**known, "river": from_name("river")})


def test_its_name_depends_on_everything_that_determines_it() -> None:
    wordings = make_wordings()
    facts = [Fact("Land 1", "ruler", "Bo"), Fact("Land 2", "ruler", "Li")]
    one = digest(facts, wordings, Recipe(), 0)
    assert digest(list(facts), make_wordings(), Recipe(), 0) == one
    others = {
        digest(facts[:1], wordings, Recipe(), 0),
        digest(facts[::-1], wordings, Recipe(), 0),
        digest([facts[0], Fact("Land 2", "ruler", "Bo")], wordings, Recipe(), 0),
        digest(facts, wordings, Recipe(epochs=11), 0),
        digest(facts, wordings, Recipe(pages=0), 0),
        digest(facts, wordings, Recipe(), 1),
        digest(facts, make_wordings_with_another(), Recipe(), 0),
        digest(facts, wordings.with_prompts({("Land 1", "ruler"): ["Who?"]}), Recipe(), 0),
    }
    assert len(others) == 8 and one not in others


@dataclasses.dataclass(frozen=True)
class Learned(Architecture):
    """A model whose positions are learned and whose head is tied, unlike a Llama."""

    heads: int = 2

    def recipe(self, facts: int, *, reading: bool = True) -> Recipe:
        pages = 40 if reading else 0
        return Recipe(hidden=32, vocabulary=400, epochs=1, steps=4, pages=pages, page_batch=10)

    def new_model(self, coder: Coder, recipe: Recipe) -> PreTrainedModel:
        config = GPT2Config(
            vocab_size=len(coder.tokenizer),
            n_positions=recipe.context,
            n_embd=recipe.hidden,
            n_layer=1,
            n_head=self.heads,
            bos_token_id=coder.eos,
            eos_token_id=coder.eos,
        )
        return GPT2LMHeadModel(config)


@dataclasses.dataclass(frozen=True)
class Other(Learned):
    """Another kind of model with the same options."""


def test_its_name_depends_on_its_architecture() -> None:
    facts, wordings = [Fact("Land 1", "ruler", "Bo")], make_wordings()
    kinds = (Llama(), Learned(), Learned(heads=4), Other())
    names = [digest(facts, wordings, Recipe(), 0, architecture=kind) for kind in kinds]
    assert len(set(names)) == 4
    assert names[0] == digest(facts, wordings, Recipe(), 0)


@pytest.mark.parametrize("reading", [True, False])
def test_the_recipe_takes_other_architectures(
    reading: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path))
    few = make_stream(4, name="few").updates[0].learn
    folder = build(few, make_wordings(), reading=reading, architecture=Learned())
    plain = AutoModelForCausalLM.from_pretrained(folder)
    assert isinstance(plain, GPT2LMHeadModel)
    assert plain.config.n_embd == 32
    own = coder(few, make_wordings(), architecture=Learned())
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert len(tokenizer) == len(own.tokenizer) == plain.config.vocab_size


def test_a_failed_build_leaves_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path))

    def stop(task: str, done: int, of: int, what: str) -> None:
        raise KeyboardInterrupt

    few = make_stream(2, name="two lands").updates[0].learn
    with pytest.raises(KeyboardInterrupt):
        build(few, make_wordings(), reading=False, progress=Progress(stop))
    assert list(tmp_path.iterdir()) == []


def test_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path))
    reports: list[tuple[int, int]] = []
    few = make_stream(2, name="two lands").updates[0].learn
    build(
        few,
        make_wordings(),
        reading=False,
        progress=Progress(lambda task, done, of, what: reports.append((done, of))),
    )
    assert [done for done, _ in reports] == sorted(done for done, _ in reports)
    assert reports[-1][0] == reports[-1][1]


def test_more_facts_get_a_larger_model() -> None:
    sizes = [Recipe.for_facts(count) for count in (10, 700, 701, 2_000, 2_001, 20_001)]
    plain = [dataclasses.replace(size, pages=0) for size in sizes]
    assert plain[0] == plain[1] == Recipe(pages=0)
    assert plain[2] == plain[3]
    assert 0 < sizes[0].pages < sizes[1].pages < sizes[3].pages == sizes[4].pages
    assert sizes[1].hidden < sizes[2].hidden < sizes[4].hidden < sizes[5].hidden
    assert sizes[3].vocabulary < sizes[4].vocabulary


def test_the_cache_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLTOOL_CACHE", "/a")
    assert embedded.cache_folder() == Path("/a")
    monkeypatch.delenv("CLTOOL_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/b")
    assert embedded.cache_folder() == Path("/b/cltool")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert embedded.cache_folder() == Path.home() / ".cache" / "cltool"


def test_reading_exercises_need_more_steps() -> None:
    recipe = Recipe(batch=32, epochs=10, steps=300, pages=18_000, page_batch=20)
    # The pages need more steps than few sentences, and fewer than many.
    for sentences, epochs in ((1_000, 29), (100_000, 10)):
        assert recipe.plan(sentences) == (epochs, epochs * -(-sentences // 32))
        steps = recipe.plan(sentences)[1]
        pages = [recipe.pages_at(step, steps) for step in range(steps)]
        assert sum(pages) == 18_000
        assert min(pages) >= 0
        # Their number grows: the first quarter of the steps has less than a quarter of the pages.
        assert sum(pages[: steps // 4]) == pytest.approx(18_000 * (0.4 + 0.6 / 4) / 4, rel=0.02)
    plain = dataclasses.replace(recipe, pages=0)
    assert plain.plan(320) == (30, 300)
    assert plain.pages_at(7, 300) == 0
    assert Recipe.for_facts(10, reading=False) == Recipe(pages=0)


def test_pages_of_a_step_have_similar_lengths_and_all_are_used(stream: Stream) -> None:
    base = stream.updates[0].learn
    made = [
        Exercises(base, stream.wordings, coder(base, stream.wordings), 256, seed=3)
        for _ in range(2)
    ]
    counts = [3, 0, 5, 8, 8, 8, 8, 8, 9, 9]
    steps = list(train.page_batches(made[0], counts, seed=1))
    assert sorted(map(len, steps[:8])) == sorted(counts[:8])
    assert sorted(map(len, steps[8:])) == counts[8:]
    drawn = [page for part in (counts[:8], counts[8:]) for page in made[1].pages(sum(part))]
    assert sorted(page.ids for step in steps for page in step) == sorted(p.ids for p in drawn)
    # The ranges of lengths of two steps do not overlap.
    spans = sorted((min(len(p.ids) for p in s), max(len(p.ids) for p in s)) for s in steps[:8] if s)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert list(train.page_batches(None, [0, 0], seed=1)) == [[], []]


@pytest.mark.slow
def test_it_learns_to_read(tmp_path: Path) -> None:
    stream = make_stream(10, name="few")
    base = stream.updates[0].learn
    recipe = Recipe(vocabulary=400, pages=1_600, page_batch=16, steps=20)
    reports: list[tuple[int, int]] = []
    embedded.make(
        base,
        stream.wordings,
        recipe,
        tmp_path / "model",
        progress=Progress(lambda task, done, of, what: reports.append((done, of))),
    )
    assert reports[-1][0] == reports[-1][1] >= 100
    lm = load(str(tmp_path / "model"), stream, device="cpu")
    pages = Exercises(base, stream.wordings, lm.coder, 256, seed=9).pages(40)
    assert _nats(lm, pages) < 0.75 * _nats(lm, [_without_lines(page, lm) for page in pages])


def _nats(lm: LanguageModel, pages: Sequence[Page]) -> float:
    """Cross entropy per token of the answers, in nats."""
    with torch.no_grad():
        loss, tokens = train.answer_loss(lm.model, pages, lm.coder.pad)
    return float(loss) / tokens


def _without_lines(page: Page, lm: LanguageModel) -> Page:
    """The page with one and the same token in place of its lines."""
    lines = lm.coder.decode(page.ids).rfind("\n")
    cut = len(lm.coder.prompts([lm.coder.decode(page.ids)[: lines + 1]])[0])
    return Page((page.ids[0], *[page.ids[cut - 1]] * (cut - 1), *page.ids[cut:]), page.answers)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("name", "options"), [("leaders", {}), ("world", {"entities": 50, "updates": 20, "new": 8})]
)
def test_it_reads_open_book(name: str, options: dict[str, int]) -> None:
    figures = open_book.figures(name, options)
    assert figures["contradicting"] >= 0.95
    assert figures["never_seen"] >= 0.95
    assert figures["trained"] >= 0.99
    assert figures["held_out"] >= 0.95
