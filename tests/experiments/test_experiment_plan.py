"""Experiment files: every committed one resolves, a bad one is refused, and digests are stable."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest

from cltool.audit.attacks.settings import AuditSettings
from cltool.core.errors import UserError
from cltool.core.registry import Entry
from cltool.core.settings import validate
from cltool.experiments import experiment_file
from cltool.experiments.experiment_plan import Plan, plan
from cltool.experiments.source_digest import Sources
from cltool.strategies import STRATEGIES

ROOT = Path(__file__).parents[2]
COMMITTED = experiment_file.committed(ROOT / experiment_file.REPORTS)
ROWS = [
    {"subject": "Alden", "relation": "mayor", "new": "Ada Brook", "update": 0},
    {"subject": "Borley", "relation": "mayor", "new": "Jon Pell", "update": 0},
    {"subject": "Alden", "relation": "mayor", "new": "Sam Reed", "update": 1},
    {"subject": "Borley", "relation": "mayor", "new": "Kim Dale", "update": 2},
]
HEAD = 'shows = "a test"\nscenario.name = "../facts.jsonl"\n'


def write(folder: Path, text: str, rows: Sequence[dict[str, object]] = ROWS) -> Path:
    """Write an experiment and its file of facts; return the experiment's folder."""
    place = folder / "reports" / "group" / "name"
    place.mkdir(parents=True, exist_ok=True)
    (place / experiment_file.FILE).write_text(textwrap.dedent(text), encoding="utf-8")
    facts = "".join(json.dumps(row) + "\n" for row in rows)
    (place.parent / "facts.jsonl").write_text(facts, encoding="utf-8")
    return place


def planned(folder: Path, text: str, rows: Sequence[dict[str, object]] = ROWS) -> Plan:
    return plan(write(folder, HEAD + textwrap.dedent(text), rows))


@pytest.mark.parametrize("folder", COMMITTED, ids=lambda path: "/".join(path.parts[-2:]))
def test_every_committed_experiment_resolves(folder: Path) -> None:
    experiment = experiment_file.read(folder)
    scenario, _ = experiment_file.scenario_of(experiment, folder)
    if Path(scenario).suffix and not Path(scenario).is_file():
        pytest.skip(f"{scenario} is not on this machine")
    found = plan(folder)
    assert found.cells
    assert found.name == "/".join(folder.parts[-2:])
    if experiment.audit is not None:
        validate(AuditSettings, experiment.audit.settings, "audit")
        assert experiment.audit.run or "retrain" in {cell.strategy for cell in found.cells}
    assert (folder / ("audit.html" if experiment.audit else "report.html")).is_file()


def test_the_committed_experiments_are_found() -> None:
    assert len(COMMITTED) >= 19
    assert ROOT / "reports" / "erasing" / "leaders" in COMMITTED


def test_cells_are_variants_and_seeds_in_the_order_of_seeds(tmp_path: Path) -> None:
    found = planned(
        tmp_path,
        """
        strategies = ["naive", "replay+ewc"]
        seeds = 2
        settings.strategy.share = 0.1
        settings.strategy.lambda = 3
        settings.learner.epochs = 5

        [[variants]]
        name = "replay-all"
        strategy = "replay"
        seeds = 1
        settings.strategy.share = 1
        """,
    )
    assert [cell.name for cell in found.cells] == [
        "naive-seed0",
        "replay+ewc-seed0",
        "replay-all-seed0",
        "naive-seed1",
        "replay+ewc-seed1",
    ]
    naive, composed, variant = found.cells[:3]
    assert naive.tables["strategy"] == {}
    assert composed.tables["strategy"] == {"share": 0.1, "lambda": 3}
    assert variant.tables["strategy"] == {"share": 1}
    assert all(cell.tables["learner"] == {"epochs": 5} for cell in found.cells)
    assert found.command == "cltool reproduce reports/group/name"


def test_a_search_has_a_cell_for_each_strategy_that_declares_something(tmp_path: Path) -> None:
    found = planned(
        tmp_path,
        """
        strategies = ["ewc", "frozen"]
        tune = {first = 1, trials = 2}
        """,
    )
    assert [(cell.name, cell.seed) for cell in found.cells] == [("ewc", None)]
    assert list(found.nothing_to_search) == ["frozen"]


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ("strategies = ['naive']\nsede = 3", "", "did you mean 'seeds'"),
        ("strategies = ['naive']\nseeds = 0", "", "seeds = 0"),
        ("strategies = []", "", "at least one strategy"),
        ("strategies = ['nave']", "", "unknown strategy"),
        ("strategies = ['naive']\nscenario.cuts = 'year'", "scenario", "did you mean 'cut'"),
        ("strategies = ['ewc']\nsettings.strategy.lamda = 1", "settings.strategy.ewc", "'lamda'"),
        ("strategies = ['ewc']\nsettings.strategy = 3", ": settings", "strategy = 3"),
        ("strategies = ['']", "strategies", "no strategy is named"),
        ("strategies = ['ewc+ewc']", "strategies", "names a strategy twice"),
        ("strategies = ['ewc']\nsettings.scenario.cut = 1", "", "belong in [scenario]"),
        (
            "variants = [{name = 'a', strategy = 'ewc', settings.model.name = 'other'}]",
            "",
            "variant 'a' has another model; to compare models",
        ),
        (
            "strategies = ['ewc']\naudit.run = 'ewc'\naudit.steps = ['last']",
            "",
            "audit.run and audit.steps",
        ),
        ("strategies = ['frozen']\ntune.first = 1", "strategies", "nothing can be searched"),
        ("strategies = ['ewc']\nsettings.strategy.lora.rank = 1", "strategy.lora", "'lora'"),
        (
            "strategies = ['ewc']\nsettings.learner.epochs = 0",
            "settings.learner",
            "learner.epochs = 0",
        ),
        ("strategies = ['naive']\nkeep_checkpoints = [9]", "", "no step 9"),
        ("strategies = ['naive']\naudit.steps = [1]", "audit.steps", "not kept"),
        ("strategies = ['naive']\nerasures = 'npo'", "erasures", "no cell is called 'npo'"),
        ("strategies = ['ewc']\ntune.first = 9", "tune.first", "9 cannot be searched on"),
        ("strategies = ['ewc']\ntune.keep = ['x']", "tune.keep", "'x'"),
        ("strategies = ['ewc']\ntune.first = 1\naudit.steps = [1]", "", "tune and audit"),
        ("variants = [{name = 'a b', strategy = 'ewc'}]", "", "variants.0.name = 'a b'"),
        (
            "strategies = ['ewc']\nvariants = [{name = 'ewc', strategy = 'ewc'}]",
            "variants",
            "two variants have the name 'ewc'",
        ),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_key(
    tmp_path: Path, text: str, where: str, message: str
) -> None:
    folder = write(tmp_path, HEAD + text)
    with pytest.raises(UserError) as caught:
        plan(folder)
    assert message in str(caught.value)
    assert caught.value.where.startswith(str(folder / experiment_file.FILE))
    assert caught.value.where.endswith(where)


def test_the_command_names_the_folder_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, HEAD + "strategies = ['naive']").parent.parent.rename(tmp_path / "my own")
    monkeypatch.chdir(tmp_path)
    found = plan(Path("my own/group/name"))
    assert found.command == "cltool reproduce 'my own/group/name'"
    monkeypatch.chdir(tmp_path / "my own" / "group" / "name")
    assert plan(Path()).command == "cltool reproduce ."


def test_a_missing_or_broken_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no experiment file"):
        plan(tmp_path)
    with pytest.raises(UserError, match="not a TOML file"):
        plan(write(tmp_path, "seeds = ["))
    with pytest.raises(UserError, match=r"scenario\.name is missing"):
        plan(write(tmp_path, 'shows = "x"\nscenario.cut = "year"\nstrategies = ["naive"]'))


def test_the_digest_depends_on_settings_and_facts_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = 'strategies = ["ewc"]\n'
    first = planned(tmp_path, text).cells[0].digest
    monkeypatch.setenv("CLTOOL_READING", "0")
    monkeypatch.chdir(tmp_path)
    again = plan(Path("reports/group/name")).cells[0].digest
    assert again == first
    other = planned(tmp_path, text + "settings.strategy.lambda = 7").cells[0].digest
    assert {key for key in first if other[key] != first[key]} == {"settings"}
    later = [*ROWS, {"subject": "Cresk", "relation": "mayor", "new": "Lee Hart", "update": 2}]
    changed = planned(tmp_path, text, later).cells[0].digest
    assert {key for key in first if changed[key] != first[key]} == {"facts"}


# The digest of the code.


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with a module that imports another inside a function."""
    folder = tmp_path / f"pack_{tmp_path.name}"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder


def digest(folder: Path, one: str, two: str) -> str:
    """The digest of ``naive`` and two modules in a package."""
    (folder / "one.py").write_text(one, encoding="utf-8")
    (folder / "two.py").write_text(two, encoding="utf-8")
    return Sources().digest("naive", more=(f"{folder.name}.one", f"{folder.name}.two"))


ONE = '''"""A text."""
from __future__ import annotations

X = "é # no comment"  # a comment


def f(a: int) -> int:
    """Return one more."""
    if a:
        a = 2
        a = 3
    return a + 1


Y = Field(1, description="a number", ge=0)
'''


def test_texts_and_layout_change_no_digest(package: Path) -> None:
    first = digest(package, ONE, "Y = 1\n")
    rewritten = ONE.replace("A text.", "Another\ntext.").replace("# a comment", "# é, more")
    rewritten = rewritten.replace("Return one more.", "Return a, plus one.").replace("\n\n", "\n")
    rewritten = rewritten.replace("a number", 'a whole" + "number').replace(", ge=", ",\n  ge=")
    assert rewritten != ONE
    assert digest(package, rewritten, "# why\nY = 1\n") == first


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a + 1", "a + 2"),
        ("no comment", "no # comment"),
        ("no comment", "nocomment"),
        ("X =", "Z ="),
        ("        a = 3", "    a = 3"),
        ("ge=0", "ge=1"),
    ],
)
def test_code_changes_the_digest(package: Path, old: str, new: str) -> None:
    first = digest(package, ONE, "Y = 1\n")
    assert digest(package, ONE.replace(old, new), "Y = 1\n") != first
    assert digest(package, ONE, "Y = 2\n") != first


def test_the_digest_includes_imported_modules(package: Path) -> None:
    def found(two: str) -> str:
        name = package.name
        code = f"def f():\n    from {name}.two import Y\n    return Y\n"
        (package / "one.py").write_text(code, encoding="utf-8")
        (package / "two.py").write_text(two, encoding="utf-8")
        return Sources().digest("naive", more=(f"{name}.one", name))

    assert found("Y = 1\n") != found("Y = 2\n")


def test_all_that_a_strategy_of_another_package_imports_from_it_counts(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(code: str) -> str:
        (package / "inner").mkdir(exist_ok=True)
        (package / "inner" / "__init__.py").write_text("from .mine import Mine\n")
        (package / "inner" / "mine.py").write_text("from ..shared import Y\nfrom . import near\n")
        (package / "inner" / "near.py").write_text("Z = 1\n")
        (package / "shared.py").write_text(code)
        return Sources().digest("theirs")

    entry = Entry("theirs", f"{package.name}.inner:Mine", "", family="mine", source="theirs")
    by_name = STRATEGIES.entry
    monkeypatch.setattr(
        STRATEGIES, "entry", lambda name: entry if name == "theirs" else by_name(name)
    )
    first = found("Y = 1\n")
    assert found("Y = 2\n") != first
    (package / "inner" / "near.py").write_text("Z = 2\n")
    assert Sources().digest("theirs") != found("Y = 2\n")


@pytest.mark.parametrize(
    ("strategy", "module", "counts"),
    [
        ("avalanche:ReplayPlugin", "cltool.avalanche.view", True),
        ("avalanche:ReplayPlugin", "cltool.avalanche.state", True),
        ("avalanche:ReplayPlugin", "cltool.avalanche.verdicts", True),
        ("avalanche:ReplayPlugin", "cltool.avalanche.sentences", True),
        ("naive", "cltool.avalanche.view", False),
        ("naive", "cltool.evaluation.summary", True),
        ("naive", "cltool.evaluation.scores", False),
    ],
)
def test_the_modules_that_count(
    strategy: str, module: str, counts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Sources().digest(strategy)
    read = Path.read_bytes
    file = Path(*module.split(".")).with_suffix(".py")

    def changed(path: Path) -> bytes:
        return read(path) + (b"\nCHANGED = 1\n" if path.match(str(file)) else b"")

    monkeypatch.setattr(Path, "read_bytes", changed)
    assert (Sources().digest(strategy) != before) is counts


def test_strategies_differ_in_their_code() -> None:
    sources = Sources()
    found = {name: sources.digest(name) for name in ("naive", "replay", "ewc", "replay+ewc")}
    assert len(set(found.values())) == 4
    assert Sources().digest("naive") == found["naive"]


@pytest.mark.parametrize(
    ("module", "counts"),
    [
        ("cltool.training.learner", True),
        ("cltool.evaluation.summary", True),
        ("cltool.strategies.rehearsal.replay", False),
        ("cltool.strategies.baselines.naive", False),
    ],
)
def test_shared_code_is_that_of_no_strategy(
    module: str, counts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Sources().shared()
    read = Path.read_bytes
    file = Path(*module.split(".")).with_suffix(".py")
    assert Path(ROOT, file).is_file()

    def changed(path: Path) -> bytes:
        return read(path) + (b"\nCHANGED = 1\n" if path.match(str(file)) else b"")

    monkeypatch.setattr(Path, "read_bytes", changed)
    assert (Sources().shared() != before) is counts


def test_documents_and_hub_names_in_an_experiment_file(tmp_path: Path) -> None:
    documents = {"name": "documents", "path": "../docs", "questions": "../q.jsonl", "updates": 2}
    text = "\n".join(f"scenario.{name} = {value!r}" for name, value in documents.items())
    place = write(tmp_path, f'shows = "a test"\n{text}\nstrategies = ["naive"]\n')
    name, options = experiment_file.scenario_of(experiment_file.read(place), place)
    assert name == "documents"
    assert options["updates"] == 2
    found = [Path(str(options[file])).resolve() for file in ("path", "questions")]
    assert found == [place.parent / "docs", place.parent / "q.jsonl"]
    hub = write(tmp_path, 'shows = "a"\nscenario.name = "hub:o/n:c"\nstrategies = ["naive"]\n')
    assert experiment_file.scenario_of(experiment_file.read(hub), hub)[0] == "hub:o/n:c"
