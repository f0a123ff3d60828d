"""Corruption: one file is damaged; every command that reads it says so, or its result is sound."""

from __future__ import annotations

import json
import random
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from tools.torture import damages, material, sameness
from tools.torture.cases import Bench, Case, Kind
from tools.torture.commands import Outcome
from tools.torture.material import COMMANDS, INPUT, QUICK, TAUGHT, Workplace
from tools.torture.strikes import Strike

FULL = 336
SHORT = 8
FINISHED = (0, 3)
CHANGING = ("status", "reference", "warnings")

RUN = COMMANDS["replay+ewc"].argv
WRITING = ("replay+ewc", "keep", "compare", "tune", "save", "audit")
WRITERS = [COMMANDS[name].argv for name in WRITING]
SHOWN = (
    ("show", "run", "Land 1"),
    ("erasures", "run", "--json"),
    ("report", "run", "--out", "page.html", "--json"),
)
OUT = (*QUICK, "--out", "new", "--json")
ELSEWHERE = ("run", *INPUT, *OUT)


@dataclass(frozen=True)
class Artifact:
    """Something that commands left on disk, and the commands that read it.

    Attributes:
        made_by: names of the commands that made it.
        places: the files and folders of it that are damaged.
        readers: commands that read it.
        rebuilt: whether cltool can make it again, so that every reader must succeed.
    """

    made_by: tuple[str, ...]
    places: tuple[str, ...]
    readers: tuple[tuple[str, ...], ...]
    rebuilt: bool = False


SAVED = COMMANDS["save"].argv
ARTIFACTS = {
    "run": Artifact(("replay+ewc",), ("run",), (RUN, *SHOWN)),
    "half": Artifact(("half",), ("run",), (COMMANDS["keep"].argv, *SHOWN)),
    "audited": Artifact(
        ("replay+ewc", "retrain", "audit"),
        ("run", "retrained"),
        (COMMANDS["audit"].argv, ("erasures", "run", "--retrained", "retrained", "--json")),
    ),
    "comparison": Artifact(
        ("compare",),
        ("runs",),
        (COMMANDS["compare"].argv, COMMANDS["report-all"].argv, COMMANDS["survey"].argv),
    ),
    "tuning": Artifact(("tune",), ("tuned",), (COMMANDS["tune"].argv,)),
    "taught": Artifact(("replay+ewc",), ("cache",), ((*ELSEWHERE, *TAUGHT), RUN), rebuilt=True),
    "tiny": Artifact(
        ("tiny",),
        ("cache",),
        (("run", "--scenario", "facts.jsonl", *OUT),),
        rebuilt=True,
    ),
    "saved": Artifact(
        ("save",),
        ("saved",),
        (
            (
                "run",
                "--scenario",
                "facts.jsonl",
                *QUICK,
                "--model",
                "saved",
                "--out",
                "new",
                "--json",
            ),
            SAVED,
        ),
    ),
}
EASY = ("run", "taught", "saved")
"""Artifacts of the short part."""


def run(case: Case) -> None:
    """Damage one file of an artifact, and give one or two of its readers."""
    name, file = _chosen(case.bench, case.number)
    artifact = ARTIFACTS[name]
    place = _copy(case.bench, case.folder, name)
    said = _damage(place.folder / file, case.rng)
    damaged = f"{file} {said}"
    before = _held(place, artifact)
    count = min(1 if case.bench.short else 2, len(artifact.readers))
    # Commands that write come last: what they mend would be another thing to read.
    readers = sorted(case.rng.sample(artifact.readers, count), key=lambda argv: argv in WRITERS)
    case.tried += 1
    for argv in readers:
        sound = _sound(case.bench, name, argv)
        outcome = place.commands.run(argv)
        for problem in judge(outcome, sound, file, artifact):
            case.problems.append(f"{name}: {damaged}: {problem}")
        after = _held(place, artifact)
        whole = _held(Workplace(sound), artifact)
        for path, content in before.items():
            lost = after.get(path) not in (content, whole.get(path))
            if lost and path not in damaged and not path.startswith(f"{Path(file).parent}/"):
                problem = "changed" if path in after else "deleted"
                case.problems.append(
                    f"{name}: {damaged}: cltool {' '.join(argv)} {problem} {path},"
                    f" which was sound (code {outcome.code})\n{outcome.err[-500:]}"
                )


def judge(outcome: Outcome, sound: Path, file: str, artifact: Artifact) -> list[str]:
    """Return what is wrong with how a reader ended.

    Args:
        outcome: how it ended.
        sound: the folder with what it printed for the sound files.
        file: the damaged file, relative to the workplace. Other values are excused only by a
            message about this file or a folder that it is in.
        artifact: what the file is a part of.
    """
    shown = f"cltool {' '.join(outcome.argv)}: code {outcome.code}"
    problems = [outcome.improper] if outcome.improper else []
    text = (sound / "output").read_text(encoding="utf-8")
    told = json.loads((sound / "told").read_text(encoding="utf-8"))
    new = [line for line in outcome.err.splitlines() if "%" not in line and line not in told]
    excused = any(_is_about(line, file, artifact) for line in new)
    if outcome.code == int((sound / "code").read_text()) not in FINISHED:
        return problems
    if outcome.code in FINISHED:
        one, other = sameness.output(outcome.out), sameness.output(text)
        for value in (one, other) if excused else ():
            if isinstance(value, dict):
                value.pop("warnings", None)  # what was mended is told there, too
        if one != other and not excused:
            where = sameness._where(one, other)
            said = f" about {file}, but: {new}" if new else ""
            problems.append(f"{shown}: it shows other values without a word{said}{where}")
        if one != other and artifact.rebuilt:
            problems.append(f"{shown}: the result is not that of the sound files")
    elif not new:
        problems.append(f"{shown}: no message")
    elif artifact.rebuilt:
        problems.append(f"{shown}: it is not rebuilt\n{outcome.err[-600:]}")
    return problems


def _is_about(line: str, file: str, artifact: Artifact) -> bool:
    """Return whether a message names a file, or a folder that it is in below the artifact's."""
    path = Path(file)
    folders = [str(one) for one in path.parents if str(one) not in (".", *artifact.places)]
    names = {path.name, *folders, *(Path(one).name for one in folders)}
    if step := re.search(r"/checkpoints/step-(\d+)/", file):
        names.add(f"checkpoint after step {int(step[1])}")
    return any(re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w/-])", line) for name in names)


def _damage(file: Path, rng: random.Random) -> str:
    return rng.choice(damages.fitting(file))(file, rng)


def _held(place: Workplace, artifact: Artifact) -> dict[str, object]:
    """Return path → content of the files of an artifact.

    The status and the warnings of a run may change, and which retrained runs its erasures are
    compared with.
    """
    found: dict[str, object] = {}
    for name in artifact.places:
        folder = place.folder / name
        for path, content in sameness.contents(folder).items() if folder.exists() else ():
            if isinstance(content, dict):
                content = {key: one for key, one in content.items() if key not in CHANGING}
                for request in content.get("requests") or ():
                    if isinstance(request, dict):
                        request.pop("retrained", None)
            found[f"{name}/{path}"] = content
    return found


def _chosen(bench: Bench, number: int) -> tuple[str, str]:
    """Return the artifact and the file that a case damages."""
    pairs = []
    for name in EASY if bench.short else ARTIFACTS:
        source = _source(bench, name)
        for place in ARTIFACTS[name].places:
            pairs += [(name, f"{place}/{path}") for path in sameness.contents(source / place)]
    random.Random(bench.seed).shuffle(pairs)
    return pairs[number % len(pairs)]


def _copy(bench: Bench, folder: Path, name: str) -> Workplace:
    """Return a workplace with a copy of an artifact."""
    shutil.copytree(_source(bench, name), folder / "work", symlinks=True)
    return Workplace(folder / "work")


def _source(bench: Bench, name: str) -> Path:
    """Return the workplace in which an artifact was made."""

    def make(folder: Path) -> None:
        artifact = ARTIFACTS[name]
        if artifact.made_by == ("half",):
            _half(bench, folder)
            return
        *earlier, last = artifact.made_by
        place = material.workplace(bench, folder, [*earlier, last])
        (place.folder / "output").unlink(missing_ok=True)

    return material.made_once(bench, f"artifact-{name}", make) / "work"


def _half(bench: Bench, folder: Path) -> None:
    """Kill a run when it begins to write what its third step said."""
    place = material.workplace(bench, folder)
    outcome = place.commands.run(COMMANDS["keep"].argv, Strike("kill", 1, about="step-002"))
    steps = place.folder / "run" / "steps.jsonl"
    if len(steps.read_text(encoding="utf-8").splitlines()) != 2:
        raise RuntimeError(f"the run was not killed between its steps: {outcome}")


def _sound(bench: Bench, name: str, argv: tuple[str, ...]) -> Path:
    """Return the workplace in which a reader ran on the sound artifact."""

    def make(folder: Path) -> None:
        place = _copy(bench, folder, name)
        outcome = place.commands.run(argv)
        (place.folder / "code").write_text(str(outcome.code))
        (place.folder / "output").write_text(outcome.out, encoding="utf-8")
        (place.folder / "told").write_text(json.dumps(outcome.err.splitlines()))

    number = ARTIFACTS[name].readers.index(argv)
    return material.made_once(bench, f"sound-{name}-{number}", make) / "work"


KIND = Kind("corruption", "corruptions", lambda short: SHORT if short else FULL, run)
