"""What a JSON text says, read strictly: numbers keep the digits that were written.

Does not belong here: which objects and keys a file must have.
"""

from __future__ import annotations

import json
from typing import Any

from assets.received.letters import nfc
from assets.received.refusal import FileRefusedError


class Digits(str):
    """A JSON number as it was written."""


def load_json(text: str) -> Any:
    """What a JSON text says, numbers as `Digits`. FileRefusedError `json_malformed`, also for a key
    that is given twice in one object."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = {nfc(key): value for key, value in pairs}
        if len(found) != len(pairs):
            raise ValueError("a key is given twice in one object")
        return found

    def refused(constant: str) -> Any:
        raise ValueError(f"{constant} is no number")

    try:
        return json.loads(
            text,
            object_pairs_hook=unique,
            parse_int=Digits,
            parse_float=Digits,
            parse_constant=refused,
        )
    except (ValueError, RecursionError) as error:
        raise FileRefusedError("json_malformed", str(error)) from None
