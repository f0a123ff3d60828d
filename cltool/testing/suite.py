"""Checks that strategies, scenarios and models share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel


class ContractError(AssertionError):
    """A class breaks its contract.

    Attributes:
        what: what is wrong.
        hint: how to fix it.
    """

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(f"{what}\n{hint}")
        self.what = what
        self.hint = hint


@dataclass(frozen=True)
class Suite:
    """The shared checks of a class; ``kind`` is the class under test."""

    kind: type[Any]

    def expect(self, holds: object, what: str, hint: str) -> None:
        """Raise a `ContractError` unless ``holds``."""
        if not holds:
            raise ContractError(f"{self.kind.__name__}: {what}", hint)

    @contextmanager
    def during(self, what: str) -> Iterator[None]:
        """Turn every error inside into a `ContractError` that names the failing call, ``what``."""
        try:
            yield
        except ContractError:
            raise
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
            raise ContractError(
                f"{self.kind.__name__}: {what} raised {said}",
                "See the traceback of the original error, which is chained to this one.",
            ) from error

    def base_class(self, base: type) -> None:
        """Check that the class is a subclass of ``base``."""
        self.expect(
            isinstance(self.kind, type) and issubclass(self.kind, base),
            f"is not a subclass of {base.__module__}.{base.__name__}",
            f"Write `class {self.kind.__name__}({base.__name__})`.",
        )

    def config(self, base: type[Any], config: Any) -> Any:
        """Check the class of the config, and return the config to use in the checks."""
        declared: Any = getattr(self.kind, "Config", None)
        name = getattr(declared, "__name__", "Config")
        kind, own = self.kind.__name__, f"{self.kind.__name__}Config"
        generic = f"{base.__name__.removesuffix('Config')}[{own}]"
        self.expect(
            isinstance(declared, type) and issubclass(declared, base),
            f"Config is not a {base.__name__}",
            f"Write `class {own}({base.__name__})`, and `class {kind}({generic})`.",
        )
        for option, value in (("extra", "forbid"), ("frozen", True)):
            self.expect(
                declared.model_config.get(option) == value,
                f"{name} does not have {option}={value!r}",
                f"Do not override the model_config of {base.__name__}.",
            )
        for field, about in declared.model_fields.items():
            self.expect(
                about.description,
                f"the setting {field!r} of {name} has no description",
                "Write Field(default, description=…): the documentation and --help show it.",
            )
        if config is None:
            with self.during(f"{name}() (if a setting is required, pass check_…(cls, config))"):
                config = declared()
        self.expect(isinstance(config, declared), f"config is not a {name}", f"Pass a {name}.")
        self._plain_config(config)
        return config

    def _plain_config(self, config: BaseModel) -> None:
        hint = "Use only numbers, strings, lists, tuples, dicts and None as settings."
        with self.during("writing its settings as JSON and reading them back"):
            again = type(config).model_validate_json(config.model_dump_json(by_alias=True))
        self.expect(
            again == config,
            "its settings are not the same after being written as JSON and read back",
            hint,
        )

    def constructor(self, config: Any, usual: set[str]) -> None:
        """Check that the constructor sets only the config and the attributes named ``usual``."""
        with self.during("the constructor"):
            instance = self.kind(config)
        hint = "Let __init__(self, config) call super().__init__(config) and nothing else"
        self.expect(
            getattr(instance, "config", None) is config, "self.config is not the config", hint
        )
        extra = [
            name
            for name, value in vars(instance).items()
            if name not in usual and value is not config
        ]
        self.expect(
            not extra,
            f"the constructor sets {', '.join(extra)}: it may only store the config",
            f"{hint}; set them in attach() or stream().",
        )

    def same(
        self, first: Mapping[str, str], second: Mapping[str, str], what: str, hint: str
    ) -> None:
        """Check that both mappings are equal; a message lists the names that differ."""
        names = [name for name in {**first, **second} if first.get(name) != second.get(name)]
        self.expect(not names, f"{what}: {', '.join(names[:5])}", hint)
