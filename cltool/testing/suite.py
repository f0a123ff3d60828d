"""What the checks of strategies and of scenarios share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel


class ContractError(AssertionError):
    """A class breaks a promise of its contract.

    Attributes:
        what: the promise that is broken.
        mend: what to do about it.
    """

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(f"{what}\n{mend}")
        self.what = what
        self.mend = mend


@dataclass(frozen=True)
class Suite:
    """What both checks do; ``kind`` is the class under test."""

    kind: type[Any]

    def expect(self, holds: object, what: str, mend: str) -> None:
        """Raise a `ContractError` unless ``holds``."""
        if not holds:
            raise ContractError(f"{self.kind.__name__}: {what}", mend)

    @contextmanager
    def during(self, what: str) -> Iterator[None]:
        """Turn every error inside into a `ContractError` that says where it came from."""
        try:
            yield
        except ContractError:
            raise
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
            raise ContractError(
                f"{self.kind.__name__}: {what} raised {said}",
                "The error that is chained to this one shows the line.",
            ) from error

    def base_class(self, base: type) -> None:
        """It is a subclass of ``base``."""
        self.expect(
            isinstance(self.kind, type) and issubclass(self.kind, base),
            f"is not a subclass of {base.__module__}.{base.__name__}",
            f"Write class {self.kind.__name__}({base.__name__}).",
        )

    def config(self, base: type[Any], config: Any) -> Any:
        """The config to check with, after its class was checked."""
        declared: Any = getattr(self.kind, "Config", None)
        name = getattr(declared, "__name__", "Config")
        self.expect(
            isinstance(declared, type) and issubclass(declared, base),
            f"Config is not a {base.__name__}",
            f"Write class {name}({base.__name__}), and Config = {name} in the class.",
        )
        for option, value in (("extra", "forbid"), ("frozen", True)):
            self.expect(
                declared.model_config.get(option) == value,
                f"{name} does not have {option}={value!r}",
                f"Leave model_config as {base.__name__} sets it.",
            )
        for field, about in declared.model_fields.items():
            self.expect(
                about.description,
                f"the setting {field!r} of {name} has no description",
                "Write Field(default, description=…): it is what --help shows.",
            )
        if config is None:
            with self.during(f"{name}() (pass check_…(cls, config) where a setting is required)"):
                config = declared()
        self.expect(isinstance(config, declared), f"config is not a {name}", f"Pass a {name}.")
        self._plain_config(config)
        return config

    def _plain_config(self, config: BaseModel) -> None:
        mend = "Use numbers, strings, lists, tuples, dicts and None as settings."
        with self.during("writing its settings as JSON and reading them back"):
            again = type(config).model_validate_json(config.model_dump_json(by_alias=True))
        self.expect(again == config, "its settings do not survive being written as JSON", mend)

    def constructor(self, config: Any, usual: set[str]) -> None:
        """It stores the config, and nothing else but the attributes called ``usual``."""
        with self.during("the constructor"):
            instance = self.kind(config)
        mend = "Let __init__(self, config) call super().__init__(config) and do nothing else"
        self.expect(
            getattr(instance, "config", None) is config, "self.config is not the config", mend
        )
        extra = [
            name
            for name, value in vars(instance).items()
            if name not in usual and value is not config
        ]
        self.expect(
            not extra,
            f"the constructor makes {', '.join(extra)}: it may only store the config",
            f"{mend}; make them in attach() or stream().",
        )

    def same(
        self, first: Mapping[str, str], second: Mapping[str, str], what: str, mend: str
    ) -> None:
        """Both have the same values by the same names."""
        names = [name for name in {**first, **second} if first.get(name) != second.get(name)]
        self.expect(not names, f"{what}: {', '.join(names[:5])}", mend)
