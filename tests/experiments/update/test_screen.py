"""The screen: what is not asked, what the model knows, and what stops an update."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cltool.cli import main
from cltool.core.errors import UserError
from cltool.experiments.update.choose import choose
from cltool.experiments.update.estimate import Speed, estimate
from cltool.experiments.update.facts_file import Taught, read_taught
from cltool.experiments.update.listed import Listed, read_facts
from cltool.experiments.update.screen import Lists, Screen, before_asking, resolved
from cltool.facts.facts import Fact

from .conftest import KNOWN, Place, row_of


def line(subject: str, name: str, *, old: str = "", place: str = "facts:1") -> Listed:
    return Listed(Fact(subject, "capital", name), place, old)


def test_a_repeated_line_is_a_duplicate_and_another_object_a_contradiction() -> None:
    first, again, other = line("A", "Ulm"), line("A", "ulm", place="facts:2"), line("A", "Bonn")
    found = before_asking(Lists([first, again, other, line("B", "Ulm")]))
    assert [(one.listed, one.verdict) for one in found] == [
        (again, "duplicate"),
        (other, "contradicted"),
    ]
    assert "facts:1 says 'Ulm' of A, capital" in found[0].why


@pytest.mark.parametrize(
    ("old", "verdicts"), [("", ["contradicted"]), ("Ulm", []), ("Bonn", ["contradicted"])]
)
def test_a_protected_fact_changes_only_if_the_line_names_it(old: str, verdicts: list[str]) -> None:
    lists = Lists([line("A", "Kiel", old=old)], protect=[line("A", "Ulm", place="keep:1")])
    found = before_asking(lists)
    assert [one.verdict for one in found] == verdicts
    if found:
        with pytest.raises(UserError, match="cannot be taught") as caught:
            Screen(found).refuse_contradictions()
        assert "keep:1 protects 'Ulm'" in str(caught.value)


@pytest.mark.parametrize("name", ["Ulm", "Bonn"])
def test_a_fact_cannot_be_taught_and_erased_at_once(name: str) -> None:
    # The file of facts could say only one of it, and the other would be lost.
    found = before_asking(Lists([line("A", name)], erase=[line("A", "Ulm", place="erase:1")]))
    assert [one.verdict for one in found] == ["contradicted"]
    assert "erase:1 asks to forget A, capital" in found[0].why


def test_a_fact_cannot_be_protected_and_erased_at_once(place: Place) -> None:
    base = KNOWN.updates[0].learn
    keep, erase = place.file("keep.jsonl", base[:3]), place.file("erase.jsonl", base[2:3])
    command = ["update", str(place.model), "--protect", keep, "--forget", erase]
    assert main.main([*command, "--dry-run", "--wordings", place.wordings]) == 2


def test_a_fact_to_erase_that_cannot_be_asked_stops_the_update(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    long = {"subject": "Land 9", "relation": "ruler", "new": "Ka " * 80}
    keep = place.file("keep.jsonl", [KNOWN.updates[0].learn[0], long | {"subject": "Land 8"}])
    facts = place.file("facts.jsonl", [KNOWN.updates[1].learn[3]])
    erase, command = place.file("erase.jsonl", [long]), ["update", str(place.model), facts]
    command += ["--dry-run", "--wordings", place.wordings, "--device", "cpu", "--protect", keep]
    assert main.main([*command, "--forget", erase]) == 2
    assert "erase.jsonl:1: Land 9, ruler" in capsys.readouterr().err
    assert main.main(command) == 0
    assert "1 fact to protect does not fit into the model" in capsys.readouterr().out


def test_a_fact_that_does_not_fit_has_its_own_reason(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    long = {"relation": "ruler", "new": "Ka " * 80}
    keep = place.file("keep.jsonl", [KNOWN.updates[0].learn[0], long | {"subject": "Land 8"}])
    facts = place.file("facts.jsonl", [KNOWN.updates[1].learn[3], long | {"subject": "Land 9"}])
    command = ["update", str(place.model), facts, "--dry-run", "--json", "--device", "cpu"]
    assert main.main([*command, "--wordings", place.wordings, "--protect", keep]) == 0
    first, second = json.loads(capsys.readouterr().out)["screen"]["facts"]
    assert (first["why"], second["verdict"]) == ("", "too long")
    assert second["why"].endswith("'Land 9'")


def test_general_questions_that_are_given_are_not_protected(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = [(f"What is in box {number}?", f"A cat {number}") for number in range(3)]
    bank = place.file("bank.jsonl", [{"question": q, "answer": a} for q, a in questions])
    taught, erased = ({"prompt": q, "answer": a} for q, a in questions[:2])
    facts = place.file("facts.jsonl", [taught | {"answer": "A dog"}])
    erase = place.file("erase.jsonl", [erased])
    command = ["update", str(place.model), facts, "--forget", erase, "--general", bank]
    assert main.main([*command, "--dry-run", "--json", "--device", "cpu"]) == 0
    screen = json.loads(capsys.readouterr().out)["screen"]
    assert [one["verdict"] for one in screen["facts"]] == ["unknown"]
    assert len(screen["protected"]) + len(screen["unprotected"]) == 1


def test_a_fact_to_erase_without_an_object_has_that_which_was_taught() -> None:
    taught = (
        Taught().with_known([line("A", "Ulm")], "protected").with_update([line("A", "Bonn")], [])
    )
    assert resolved(Lists(erase=[line("A", "")]), taught).erase[0].fact.object == "Bonn"
    with pytest.raises(UserError, match="object of a fact to erase is not known"):
        resolved(Lists(erase=[line("B", "")]), taught)


def test_taught_facts_are_read_as_they_were_written(tmp_path: Path) -> None:
    pair = Listed(Fact("Who?", "question", "me", ("I",)), "", "", ("Who?", "Who is it?"))
    taught = (
        Taught(
            wordings={"capital": {"trained": ['{subject}: "{object}"', "At {subject}? {object}"]}}
        )
        .with_known([line("Ä \\ A", "Ulm"), pair], "protected")
        .with_update([line("Ä \\ A", "Bonn")], [pair])
    )
    stream = taught.stream(tmp_path)
    assert read_taught(tmp_path) == taught
    assert [len(update.learn) for update in stream] == [2, 1]
    assert [fact.subject for fact in stream.updates[1].forget] == ["Who?"]
    assert [one.prompt for one in stream.wordings.askings(("x", "capital"))] == ['x: "', "At x?"]


def test_dry_run_asks_the_model_and_says_what_it_would_do(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    base, taught = KNOWN.updates[0].learn, KNOWN.updates[1].learn
    changed = row_of(taught[1]) | {"old": base[5].object}
    long = {"subject": "Land 9", "relation": "ruler", "new": "Ka " * 80}
    facts = place.file("facts.jsonl", [base[0], changed, taught[3], long])
    keep = place.file("keep.jsonl", [*base[1:3], Fact("Isle 9", "ruler", "Nobody")])
    command = ["update", str(place.model), facts, "--dry-run", "--wordings", place.wordings]
    command += ["--protect", keep, "--device", "cpu"]
    assert main.main([*command, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    verdicts = [one["verdict"] for one in found["screen"]["facts"]]
    assert verdicts == ["known", "outdated", "unknown", "too long"]
    assert found["screen"]["facts"][1]["says"] == f"{base[5].object}."
    assert "tokens" in found["screen"]["facts"][3]["why"]
    assert [len(found["screen"][name]) for name in ("protected", "unprotected")] == [2, 1]
    assert found["strategy"] == "replay"
    assert found["estimate"]["tokens"] > 0
    assert main.main(command) == 0
    table = capsys.readouterr().out
    assert "Land 2, ruler" in table
    assert "1  outdated: " in table
    assert "Strategy: replay" in table


def write(file: Path, rows: list[dict[str, str]]) -> None:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def speed(parameters: int, room: int | None = None) -> Speed:
    return Speed(parameters, 100.0, 50.0, 10, 1.0, (20, 40), 1000, room)


def test_auto_chooses_by_size_memory_and_what_may_be_stored() -> None:
    options = {"erases": False, "plain": True, "keep_data": True, "before": {}}
    assert choose(speed(10**8), **options).strategy == "patcher"  # type: ignore[arg-type]
    assert choose(speed(10**8), **options | {"plain": False}).strategy == "replay"  # type: ignore[arg-type]
    small = speed(10**8, room=10**8)
    assert choose(small, **options | {"plain": False}).strategy == "lora"  # type: ignore[arg-type]
    assert choose(speed(10**6), **options).strategy == "replay"  # type: ignore[arg-type]
    assert choose(speed(10**6), **options | {"keep_data": False}).strategy == "ewc"  # type: ignore[arg-type]
    assert choose(speed(10**6), **options | {"erases": True}).strategy == "npo+replay"  # type: ignore[arg-type]
    before = {"strategy": "lora"}
    assert choose(speed(10**8), **options | {"before": before}).strategy == "lora"  # type: ignore[arg-type]


def test_an_estimate_grows_with_the_facts_and_with_what_is_rehearsed() -> None:
    one = estimate(speed(10**6), "naive", 1, first=True, batch=8)
    two = estimate(speed(10**6), "naive", 2, first=True, batch=8)
    mixed = estimate(speed(10**6), "replay", 2, first=True, batch=8)
    assert two.tokens == 2 * one.tokens == 720
    assert mixed.tokens == 2 * two.tokens
    assert two.seconds - one.seconds == pytest.approx(360 / 50)


def test_a_list_with_a_bad_line_is_refused_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "facts.jsonl"
    write(file, [{"subject": "A", "relation": "capital"}])
    with pytest.raises(UserError, match="1 bad line") as caught:
        read_facts(file)
    assert "facts.jsonl:1: new is missing" in str(caught.value)


def test_facts_may_have_another_shape_and_the_command_says_which(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    base = KNOWN.updates[0].learn
    rows = [{"instruction": "Who founded Land 77?", "input": "", "output": "Ada Brook"}]
    facts, keep = place.file("alpaca.json", rows), place.file("keep.jsonl", base[:3])
    command = ["update", str(place.model), facts, "--protect", keep, "--dry-run", "--json"]
    command += ["--wordings", place.wordings, "--device", "cpu"]
    assert main.main(command) == 0
    out, err = capsys.readouterr()
    (taken,) = json.loads(out)["taken"]
    assert "alpaca.json is read as" in taken and taken in err
    assert [one["verdict"] for one in json.loads(out)["screen"]["facts"]] == ["unknown"]
    assert main.main([*command, "--format", "counterfact"]) == 2
    assert "counterfact" in capsys.readouterr().err
