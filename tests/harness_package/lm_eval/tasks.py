"""The index of tasks."""

from __future__ import annotations

from pathlib import Path
from typing import Any


class Task:
    def __init__(self, unsafe: bool = False) -> None:
        self.UNSAFE_CODE = unsafe


class TaskManager:
    def __init__(self, include_path: list[str] | None = None) -> None:
        self.all_tasks = ["capitals", "currencies", "offline", "coding", "pair"]

    def load(self, specs: list[str]) -> dict[str, Any]:
        (spec,) = specs
        if spec == "offline":
            raise ConnectionError("no network")
        if spec.endswith(".yaml"):
            return {"tasks": {Path(spec).read_text().partition("task: ")[2].strip(): Task()}}
        names = ["first", "second"] if spec == "pair" else [spec]
        return {"tasks": {name: Task(spec == "coding") for name in names}}
