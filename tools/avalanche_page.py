"""The text of ``docs/avalanche.md``, from the verdicts and the plugins' constructors."""

from __future__ import annotations

import json
from typing import Any

from cltool.avalanche.verdicts import CANNOT, VERDICTS, Verdict

PAGE = "avalanche.md"

_HEAD = """\
# Avalanche's plugins on language models

*This page is made from the code by `python -m tools.docs`; tests hold it to what happens.*

`--strategy avalanche:NAME` runs a plugin of
[Avalanche](https://avalanche.continualai.org) (avalanche-lib 0.6) as it comes: its class is
made by its own constructor, its own code runs in the learner's callbacks, and only what it sees
is translated. To a plugin, the model is a classifier of tokens: it is given sentences, and gives
one row of logits for each learned token; parameters have the model's names after `lm.`. A
plugin's first experience is the base knowledge.

Settings are the constructor's arguments, `--set strategy.NAME.ARGUMENT=VALUE`, where NAME may
leave out `avalanche:`; in a settings file, `[strategy.EWCPlugin]`. Plugins compose with each
other and with cltool's strategies: `avalanche:ReplayPlugin+avalanche:EWCPlugin`,
`lora+avalanche:LwFPlugin`.

*Runs with a warning* means: it does what Avalanche wrote, and what is said here is kept in
the run's `warnings`. Whoever is not bound to Avalanche's own code finds cltool's strategy under
*instead*.
"""

_TABLE = """\
| plugin | verdict | why, and what to know | instead |
| --- | --- | --- | --- |
"""

_RESUMING = """\
## What is kept

A checkpoint holds a plugin's state as tensors and plain JSON: nothing is pickled. Stored
sentences are kept as token ids, copies of the model as weights. A run goes on where it was
broken off and ends as if it never had been, but for `avalanche:MIRPlugin`, whose state is a
running generator: that run is refused, and begins anew with `--fresh`.

## Settings

The constructors' arguments, but for those that are objects; Avalanche's documentation says what
they mean. The defaults are Avalanche's, and cltool's where it has none or none that fits.
Beside them each has `base_epochs`: passes over the base knowledge with the plugin's callbacks,
before the first update. With 0 the base is shown to the plugin without training.

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
