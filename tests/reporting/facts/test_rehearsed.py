"""A page carries which facts each update rehearsed, where the run recorded it."""

from __future__ import annotations

from cltool.reporting.facts.block import block
from cltool.reporting.facts.container import unpack
from cltool.runs import rehearsed
from cltool.runs.groups import group_runs
from cltool.runs.run import Run

from ..conftest import Make

NAMES = (("Person 3", "works for"), ("Person 5", "works for"))


def recorded(run: Run, step: int) -> Run:
    """The run, as if the update of a step had rehearsed `NAMES` and a fact that is not asked."""
    facts = dict.fromkeys((*NAMES, ("Nobody", "works for")), 2)
    rows = run.cost_rows()
    rows[step][rehearsed.FOLDER] = rehearsed.write(run.folder, step, facts, 0)
    run.write_costs(rows)
    return Run(run.folder)


def test_the_columns_say_what_each_update_rehearsed(make: Make) -> None:
    runs = [recorded(make(done=4), 2), make(seed=1)]
    (group,) = group_runs(runs)
    text = block(group)
    assert text is not None
    header, columns = unpack(text)

    assert "rehearsed.1" not in columns, "the run does not say"
    values = columns["rehearsed.0"].reshape(len(header["labels"]), -1)
    assert sorted({*values.sum(axis=1)[[0, 1, 3]]}) == [0]
    content, ends = bytes(columns["strings.bytes"]), [0, *columns["strings.ends"].tolist()]
    found = set()
    for key in values[2].nonzero()[0].tolist():
        number = int(columns["subject"][key])
        subject = content[ends[number] : ends[number + 1]].decode()
        found.add((subject, header["relations"][columns["relation"][key]]))
    assert found == set(NAMES)
