"""JSON files that somebody may have changed or damaged: read and checked field by field."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.core.printable import one_line

if TYPE_CHECKING:
    from pydantic import TypeAdapter

SEAL = "checksum"
"""The field that holds the digest of the others."""

SHOWN = 5
"""How many wrong fields a message names."""


def read_json(file: Path) -> Any:
    """Return the content of a JSON file.

    Raises:
        UserError: the file cannot be read, or is not JSON.
    """
    try:
        return parse_json(file.read_text(encoding="utf-8"), file)
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot be read: {error}", where=str(file)) from error


def parse_json(text: str, file: Path) -> Any:
    """Return the value that ``text`` holds; numbers are finite.

    Args:
        text: from ``file``.
        file: where it is from, for messages.

    Raises:
        UserError: it is not JSON, or it is nested too deeply.
    """
    try:
        return json.loads(text, parse_constant=_refuse)
    except ValueError as error:
        raise UserError(f"cannot be read: {error}", where=str(file)) from error
    except RecursionError:
        raise UserError("cannot be read: nested too deeply", where=str(file)) from None


def sealed(value: Mapping[str, Any], owner: str = "") -> dict[str, Any]:
    """Return ``value`` as it is in JSON, with a digest as its last field, for `unsealed`.

    Args:
        value: what is to be written.
        owner: what the file belongs to: the digest is of both.
    """
    plain = json.loads(json.dumps(value))
    return {**plain, SEAL: _digest(plain, owner)}


def unsealed(value: dict[str, Any], file: Path, owner: str = "", hint: str = "") -> dict[str, Any]:
    """Return ``value`` without its digest.

    Args:
        value: from ``file``.
        file: where it is from, for messages.
        owner: what the file belongs to. Without one, ``value`` may lack a digest: earlier
            versions of cltool wrote none.
        hint: what to do if it has changed.

    Raises:
        UserError: it has changed since it was sealed, or belongs to something else.
    """
    if SEAL not in value and not owner:
        return value
    plain = {name: inner for name, inner in value.items() if name != SEAL}
    if value.get(SEAL) != _digest(plain, owner):
        other = ", or it belongs to another run or step" if owner else ""
        raise UserError(
            f"is damaged: it has changed since cltool wrote it{other}", where=str(file), hint=hint
        )
    return plain


def _digest(value: Mapping[str, Any], owner: str) -> str:
    text = json.dumps([owner, value], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def check(value: Any, kind: Any, file: Path, hint: str = "") -> Any:
    """Check the type of every field of ``value``; return ``value`` as it is.

    Args:
        value: from ``file``.
        kind: a `TypedDict` or another type.
        file: where it is from, for messages.
        hint: what to do if it does not fit.

    Raises:
        UserError: a field is missing or has a wrong type.
    """
    from pydantic import ValidationError

    try:
        _adapter(kind).validate_python(value)
    except ValidationError as error:
        wrong = [_in_words(item) for item in error.errors(include_url=False)]
        more = [f"and {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else []
        raise UserError(
            f"{len(wrong)} wrong field{'s' * (len(wrong) > 1)}",
            where=str(file),
            details=[*wrong[:SHOWN], *more],
            hint=hint,
        ) from None
    except RecursionError:
        raise UserError("cannot be read: nested too deeply", where=str(file)) from None
    return value


@lru_cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    from pydantic import ConfigDict, TypeAdapter

    strict = ConfigDict(strict=True, extra="allow", allow_inf_nan=False)
    if hasattr(kind, "__required_keys__"):  # a TypedDict, which takes no config from outside
        kind.__pydantic_config__ = strict
        return TypeAdapter(kind)
    return TypeAdapter(kind, config=strict)


def _in_words(item: Any) -> str:
    path = ".".join(map(str, item["loc"])) or "the whole file"
    if item["type"] == "missing":
        return one_line(f"{path} is missing")
    found = repr(item["input"])
    short = found if len(found) <= 60 else found[:57] + "..."
    return one_line(f"{path} = {short}: {item['msg']}")


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")
