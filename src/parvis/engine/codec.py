"""Rows' bodies as JSON text, and back."""

from __future__ import annotations

from typing import Any

import msgspec

from parvis.core.event import Event
from parvis.core.post import Post
from parvis.core.rights import Right
from parvis.core.verdict import Decision
from parvis.core.wall import BridgeSpec, FormatSpec, SourceSpec, Wall
from parvis.core.wire import Card

_encode = msgspec.json.Encoder().encode

UNREADABLE = (msgspec.MsgspecError, UnicodeError, RecursionError)
"""What reading a row raises that somebody spoilt by hand."""

post_of_body = msgspec.json.Decoder(Post).decode
card_of_body = msgspec.json.Decoder(Card).decode
event_of_body = msgspec.json.Decoder(Event).decode
decision_of_body = msgspec.json.Decoder(Decision).decode
right_of_body = msgspec.json.Decoder(Right).decode
wall_of_body = msgspec.json.Decoder(Wall).decode
source_of_body = msgspec.json.Decoder(SourceSpec).decode
bridge_of_body = msgspec.json.Decoder(BridgeSpec).decode
format_of_body = msgspec.json.Decoder(FormatSpec).decode
state_of_body = msgspec.json.Decoder(dict[str, Any]).decode
seqs_of_body = msgspec.json.Decoder(dict[str, int]).decode


def body(value: Any) -> str:
    """The value as JSON text."""
    return _encode(value).decode()
