"""A JSON body that is one item or a list of them, where a bad item costs itself alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, NamedTuple, Protocol, TypeVar

import msgspec

from parvis.core.post import Arrival, Raw, Unreadable
from parvis.plug.receipt import Left, Receipt, Taken

MAX_ITEMS = 100
_LIST = msgspec.json.Decoder(list[msgspec.Raw])


class Bad(Exception):
    """An item or a body that cannot be taken: the text is one sentence, `status` an HTTP status."""

    def __init__(self, says: str, status: int = 422) -> None:
        super().__init__(says)
        self.status = status


class Named(Protocol):
    """An item with a name of its own."""

    @property
    def id(self) -> str:
        """The sender's name for it."""
        ...


T = TypeVar("T", bound=Named)
Body = bytes | msgspec.Raw


class Good(NamedTuple, Generic[T]):
    """An item that could be read, and the bytes it was read from."""

    item: T
    body: Body


class Batch(NamedTuple, Generic[T]):
    """A body, sorted."""

    good: tuple[Good[T], ...]
    receipt: Receipt


def no_key(item: Named) -> str:
    """For senders who need not know what their items are called here."""
    return ""


def sort_items(
    body: bytes,
    read: Callable[[Body], T],
    most: int = MAX_ITEMS,
    key_of: Callable[[T], str] = no_key,
) -> Batch[T]:
    """The items of `body` as `read` gives them or refuses them with `Bad`; `key_of` gives the key
    that the receipt names.

    Raises `Bad` for a body that is no JSON, for one item that is bad, and for a list that is empty
    or has more than `most` items.
    """
    items = split(body)
    if items is None:
        item = read(body)
        return Batch((Good(item, body),), Receipt((Taken(0, item.id, key_of(item)),)))
    if not items:
        raise Bad("The list is empty; send at least one item.")
    if len(items) > most:
        raise Bad(f"The list has {len(items)} items; send at most {most}.", 413)
    good: list[Good[T]] = []
    taken: list[Taken] = []
    left: list[Left] = []
    for number, each in enumerate(items):
        try:
            item = read(each)
        except Bad as error:
            left.append(Left(number, str(error)))
            continue
        taken.append(Taken(number, item.id, key_of(item)))
        good.append(Good(item, each))
    return Batch(tuple(good), Receipt(tuple(taken), tuple(left)))


def joined(bodies: list[Body]) -> bytes:
    """The bytes of some items as one body: the item itself, or a list."""
    if len(bodies) == 1:
        return bytes(bodies[0])
    return b"[" + b",".join(bytes(each) for each in bodies) + b"]"


def each_arrival(raw: Raw, read: Callable[[Body], Arrival]) -> Iterator[Arrival]:
    """The items of a body that was kept, in order; what `read` finds `Bad` is `Unreadable`."""
    try:
        items = split(raw.body)
    except Bad as error:
        yield Unreadable("$", str(error))
        return
    listed = items is not None
    for number, body in enumerate(items if items is not None else (raw.body,)):
        try:
            yield read(body)
        except Bad as error:
            yield Unreadable(f"$[{number}]" if listed else "$", str(error))


def split(body: bytes) -> list[msgspec.Raw] | None:
    """The items of a list, still unread; None when `body` is no list. Raises `Bad`."""
    if body.lstrip(b" \t\r\n")[:1] != b"[":
        return None
    try:
        return _LIST.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Bad(
            f"The body is not valid JSON ({why_no_json(error)}); send one object or a list.", 400
        ) from error


def why_no_json(error: Exception) -> str:
    """Why bytes are no JSON, in a few words."""
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "no UTF-8"
    return str(error).removeprefix("JSON is malformed: ")[:80]
