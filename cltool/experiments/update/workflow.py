"""The workflow of GitHub Actions that updates a model when its file of facts changes."""

from __future__ import annotations

import json

_TEXT = """\
# Updates the model when its facts change. The job fails (exit code 3) if the update is refused.
name: Update the model

on:
  push:
    paths: [{facts}]
  workflow_dispatch:

permissions:
  contents: read

jobs:
  update:
    runs-on: ubuntu-latest
    timeout-minutes: 120
    env:
      MODEL: {model}
      FACTS: {facts}
      PROTECT: {protect}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.11"
      - run: pip install cltool
      - name: Update, or refuse
        run: >
          cltool update "$MODEL" "$FACTS" --protect "$PROTECT" --out updated --retry 2
          --junit update.xml --report update.html
      - name: Keep the results
        if: always()
        uses: actions/upload-artifact@v4
        with:
          name: update
          path: |
            update.xml
            update.html
      - name: Keep the model
        uses: actions/upload-artifact@v4
        with:
          name: updated-model
          path: updated
"""


def workflow(model: str, facts: str, protect: str) -> str:
    """Return the workflow as YAML.

    Args:
        model: the model.
        facts: the file of facts, relative to the repository.
        protect: the file of protected facts.
    """
    # A string of JSON is one of YAML.
    named = {"model": model, "facts": facts, "protect": protect}
    return _TEXT.format(**{name: json.dumps(value) for name, value in named.items()})
