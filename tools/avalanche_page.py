"""The text of ``docs/avalanche.md``, from the verdicts and the plugins' constructors."""

from __future__ import annotations

import json
from typing import Any

from cltool.avalanche.verdicts import CANNOT, VERDICTS, Verdict

PAGE = "avalanche.md"

_HEAD = """\
# Avalanche's plugins on language models

*This page is made from the code by `python -m tools.docs`; tests check that it is true.*

`--strategy avalanche:NAME` runs a plugin of
[Avalanche](https://avalanche.continualai.org) (avalanche-lib 0.6) without changes: it is created by
its own constructor, its own code runs in the learner's callbacks, and only the data that it sees
are converted. A plugin sees the model as a classifier of tokens, which takes sentences and returns
one row of logits for each learned token; parameters have the model's names after `lm.`. The first
experience of a plugin is the base knowledge.

Settings are the constructor's arguments, `--set strategy.NAME.ARGUMENT=VALUE`, where NAME may
leave out `avalanche:`; in a settings file, `[strategy.EWCPlugin]`. Plugins compose with each
other and with cltool's strategies: `avalanche:ReplayPlugin+avalanche:EWCPlugin`,
`lora+avalanche:LwFPlugin`.

*Runs with a warning* means that the plugin runs as in Avalanche, and that the text here is written
to the run's `warnings`. If you do not need Avalanche's own code, use cltool's strategy under
*instead*.
"""

_TABLE = """\
| plugin | verdict | why, and what to know | instead |
| --- | --- | --- | --- |
"""

_RESUMING = """\
## Checkpoints

A checkpoint has a plugin's state as tensors and plain JSON; nothing is pickled. Stored sentences
are saved as token ids, copies of the model as weights. An interrupted run can be resumed and then
ends like a run that was not interrupted. The exception is `avalanche:MIRPlugin`, whose state is a
running generator: resuming it is refused. Delete the run's folder, or choose another one, and give
the command again.

## Settings

The settings are the constructors' arguments, except those that are objects; Avalanche's
documentation explains them. The defaults are Avalanche's, or cltool's if Avalanche has none or no
suitable one. Each plugin also has `base_epochs`: passes over the base knowledge with the plugin's
callbacks, before the first update. With 0, the base is shown to the plugin without training.

| plugin | arguments and defaults |
| --- | --- |
"""


def avalanche_page() -> str:
    """The page: a table of all plugins, and the settings of those that run."""
    from cltool.avalanche.plugins import strategy_of

    rows = "".join(map(_row, VERDICTS.values()))
    settings = "".join(
        f"| `{one.plugin}` | {_settings(strategy_of(one.plugin).Config)} |\n"
        for one in VERDICTS.values()
        if one.verdict != CANNOT
    )
    return "\n".join([_HEAD, _TABLE + rows, _RESUMING + settings])


def _row(verdict: Verdict) -> str:
    instead = f"`{verdict.instead}`" if verdict.instead else ""
    why = verdict.why.replace("|", "\\|")
    return f"| `{verdict.plugin}` | {verdict.verdict} | {why} | {instead} |\n"


def _settings(config: Any) -> str:
    return ", ".join(
        f"`{name}` (none)" if field.default is None else f"`{name} = {_value(field.default)}`"
        for name, field in config.model_fields.items()
    )


def _value(value: object) -> str:
    """As a settings file has it."""
    return json.dumps(value)
