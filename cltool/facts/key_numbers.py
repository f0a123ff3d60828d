"""Numbers for keys, in about thirty bytes a key."""

from __future__ import annotations

from array import array
from hashlib import blake2b
from struct import unpack

from cltool.facts.facts import Key
from cltool.facts.identity import name_identity

_FEWEST_SLOTS = 1 << 10


class KeyNumbers:
    """Numbers keys 0, 1, … in the order of their first appearance.

    It is a hash table with open addressing and linear probing (Knuth, The Art of Computer
    Programming 3, section 6.4) that keeps 128 bits of a cryptographic hash (BLAKE2b, RFC 7693) of
    each key and not its texts.
    """

    def __init__(self) -> None:
        self._high, self._low = array("Q"), array("Q")
        self._slots = array("i", [-1]) * _FEWEST_SLOTS
        self._latest: tuple[Key | None, int] = None, -1

    def __len__(self) -> int:
        return len(self._low)

    def find(self, key: Key) -> int:
        """Return the number of ``key``, or -1 if it has none."""
        latest, number = self._latest
        if latest is not key or number < 0:
            number = self._slots[self._slot(*_hash(key))]
            self._latest = key, number
        return number

    def add(self, key: Key) -> int:
        """Return the number of ``key``, which gets the next one if it has none."""
        latest, number = self._latest
        if latest is key and number >= 0:
            return number
        high, low = _hash(key)
        slot = self._slot(high, low)
        number = self._slots[slot]
        if number < 0:
            number = self._slots[slot] = len(self._low)
            self._high.append(high)
            self._low.append(low)
            if 3 * len(self._low) > 2 * len(self._slots):
                self._grow()
        self._latest = key, number
        return number

    def _slot(self, high: int, low: int) -> int:
        """Return the slot of the key with this hash, or the free one in which it belongs."""
        slots, mask = self._slots, len(self._slots) - 1
        slot = low & mask
        while (number := slots[slot]) >= 0:
            if self._low[number] == low and self._high[number] == high:
                break
            slot = (slot + 1) & mask
        return slot

    def _grow(self) -> None:
        self._slots = slots = array("i", [-1]) * (2 * len(self._slots))
        mask = len(slots) - 1
        for number, low in enumerate(self._low):
            slot = low & mask
            while slots[slot] >= 0:
                slot = (slot + 1) & mask
            slots[slot] = number


def _hash(key: Key) -> tuple[int, int]:
    """Return two halves of a hash that is equal for equal keys, and the same in all processes."""
    subject, relation = key
    if type(key) is not tuple:
        subject, relation = name_identity(subject), name_identity(relation)
    # With the length, no two keys have the same text, whatever their names contain.
    text = f"{len(subject)} {subject}{relation}".encode("utf-8", "surrogatepass")
    return unpack("<QQ", blake2b(text, digest_size=16).digest())
