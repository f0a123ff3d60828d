"""Spellings of names and objects in a file of facts."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cltool.core.errors import UserError
from cltool.facts.files.forget_list import read_forget_list
from cltool.facts.identity import key_of
from cltool.facts.stream import Stream
from cltool.scenarios.own_facts import OwnFacts, OwnFactsConfig

NFC, NFD = "Z\u00fcrich Lab", "Zu\u0308rich Lab"
CITY = ("Meadow Lab", "city")


def line(subject: str, new: str, update: int, **more: object) -> dict[str, object]:
    return {"subject": subject, "relation": "city", "new": new, "update": update, **more}


def read(folder: Path, *rows: dict[str, object], **options: object) -> Stream:
    path = folder / "facts.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    config = OwnFactsConfig.model_validate({"path": path, **options})
    return OwnFacts(config).stream(0)


def refused(folder: Path, *rows: dict[str, object], **options: object) -> str:
    with pytest.raises(UserError) as caught:
        read(folder, *rows, **options)
    return str(caught.value)


def test_an_alias_or_another_case_restates_what_holds(tmp_path: Path) -> None:
    stream = read(
        tmp_path,
        line("Harbour Lab", "Ghent", 0, aliases=["Gent"]),
        line("Meadow Lab", "Turin", 0),
        line("Canal Lab", "Delft", 0),
        line("Harbour Lab", "Gent", 1),
        line("Meadow Lab", "turin", 1),
        line("Canal Lab", "Delft", 1, aliases=["City of Delft"]),
    )
    assert not stream.updates[1].learn
    for step, name in enumerate(("Delft", "City of Delft")):
        beliefs = {belief.fact.subject: belief for belief in stream.knowledge(step).beliefs()}
        assert {belief.learned for belief in beliefs.values()} == {0}
        assert not any(belief.outdated for belief in beliefs.values())
        assert beliefs["Harbour Lab"].fact.accepted == ("Ghent", "Gent")
        assert beliefs["Meadow Lab"].fact.accepted == ("Turin",)
        assert beliefs["Canal Lab"].fact.accepted[-1] == name
    assert stream.origins[1, ("Canal Lab", "city")] == "facts.jsonl:6"


def test_two_lines_of_one_update_can_spell_an_object_differently(tmp_path: Path) -> None:
    stream = read(
        tmp_path,
        line("Meadow Lab", "Ghent", 0, aliases=["Gent"]),
        line("Meadow Lab", "gent", 0, aliases=["Gand"]),
        line("Meadow Lab", "Turin", 1, old="GAND"),
    )
    belief = stream.knowledge(1).belief(CITY)
    assert belief is not None
    assert belief.outdated == ("Gent", "Gand", "Ghent")


def test_spellings_of_a_subject_are_one_key(tmp_path: Path) -> None:
    stream = read(
        tmp_path,
        line(NFD, "Ghent", 0),
        line("x", "y", 0),
        line(NFC.replace(" ", "\u00a0"), "Turin", 1, old="ghent."),
        line(NFC, "", 2, forget=True),
        {**line("\ufeff" + NFC, "Ulm", 2), "relation": "river"},
    )
    known = stream.knowledge(2)
    assert {belief.fact.subject for belief in known.beliefs()} == {NFD, "x"}
    erased = known.belief((NFC, "city"))
    assert erased is not None
    assert erased.erased
    assert erased.fact.object == "Turin"
    assert stream.origins[1, key_of(NFD, "city")] == "facts.jsonl:3"


def test_an_old_object_in_another_form_is_accepted(tmp_path: Path) -> None:
    stream = read(
        tmp_path,
        line("Meadow Lab", "Z\u00fcrich", 0),
        line("Meadow Lab", "Ghent", 1, old="Zu\u0308rich"),
    )
    belief = stream.knowledge(1).belief(CITY)
    assert belief is not None
    assert belief.outdated == ("Z\u00fcrich",)


def test_messages_name_the_difference(tmp_path: Path) -> None:
    base = line("Meadow Lab", "Paris", 0)
    told = refused(tmp_path, base, line("Meadow Lab", "Ghent", 1, old="P\u0430ris"))
    assert "the first has U+0430 CYRILLIC SMALL LETTER A" in told
    told = refused(tmp_path, base, line("meadow lab", "Paris", 1, forget=True))
    assert "('meadow lab', 'city'), which is not known at that point, but" in told
    assert "('Meadow Lab', 'city') is, in facts.jsonl:1" in told
    told = refused(tmp_path, base, line("Meadow Lab", "PARIS", 1))
    assert "nothing changes after the base" in told
    assert "1 line restates what holds: facts.jsonl:2" in told


def test_names_that_cannot_be_seen_are_empty(tmp_path: Path) -> None:
    rows = [line("\u200b", "Paris", 0), line("Meadow Lab", "\ufeff\u00ad", 0)]
    told = refused(tmp_path, *rows)
    assert "facts.jsonl:1: subject is" in told
    assert "facts.jsonl:2: new is" in told


def test_new_and_object_in_two_spellings_are_one(tmp_path: Path) -> None:
    row = line("Meadow Lab", "Zu\u0308rich", 0, object="ZÜRICH")
    stream = read(tmp_path, row, line("Meadow Lab", "Ghent", 1))
    assert stream.updates[0].learn[0].object == "Zu\u0308rich"
    told = refused(tmp_path, line("Meadow Lab", "Pari\u0455", 0, object="Paris"))
    assert "the first has U+0455" in told


def test_filters_compare_names_and_objects(tmp_path: Path) -> None:
    rows = [line(NFD, "Ghent", 0, größe="a"), line("x", "y", 0), line(NFD, "Turin", 1, größe="a")]
    nfd = unicodedata.normalize("NFD", "größe")
    for where in (f"subject={NFC}", f"{nfd}=a", "new=ghent,TURIN."):
        stream = read(tmp_path, *rows, where=[where])
        assert [fact.subject for fact in stream.updates[0].learn] == [NFD]


def test_a_question_in_another_form_adds_no_prompt(tmp_path: Path) -> None:
    rows = [
        {"prompt": "O\u00f9?", "answer": "Ulm", "update": 0},
        {"prompt": "Ou\u0300?", "answer": "Bonn", "update": 1},
    ]
    stream = read(tmp_path, *rows)
    (asking,) = stream.wordings.askings(("O\u00f9?", "question"))
    assert asking.prompt == "O\u00f9?"


def test_a_list_to_forget_has_each_key_once(tmp_path: Path) -> None:
    path = tmp_path / "forget.jsonl"
    rows = [{"subject": name, "relation": "city", "object": "Ghent"} for name in (NFC, NFD)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with pytest.raises(UserError, match="two facts to forget"):
        read_forget_list(path)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Zürich", "Öse"]),
            st.sampled_from(["Ähre", "Été", "Ñu"]),
            st.booleans(),
            st.sampled_from([str.upper, str.lower, '"{}".'.format, str]),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_spellings_change_nothing(
    tmp_path: Path, changes: list[tuple[str, str, str, object]]
) -> None:
    plain, spelled = [], []
    for step, (subject, value, apart, change) in enumerate(changes, start=1):
        plain.append(line(subject, value, step))
        form: Literal["NFC", "NFD"] = "NFD" if apart else "NFC"
        spelled.append(
            line(
                unicodedata.normalize(form, subject),
                unicodedata.normalize(form, change(value)),
                step,
            )
        )
    base = [line("Zürich", "Los", 0), line("Öse", "Los", 0)]
    last = line("Zürich", "Tor", len(changes) + 1)
    one, other = (read(tmp_path, *base, *rows, last) for rows in (plain, spelled))
    for left, right in zip(one, other, strict=True):
        assert [fact.key for fact in left.learn] == [fact.key for fact in right.learn]
    for step in range(len(one)):
        for belief, same in zip(
            one.knowledge(step).beliefs(), other.knowledge(step).beliefs(), strict=True
        ):
            assert belief.learned == same.learned
            assert belief.fact.restates(same.fact)
            assert len(belief.outdated) == len(same.outdated)
