"""For authors of extensions: contract suites and fakes. Needs pytest and Hypothesis only when a
suite runs.

A whole test file of a source: `class TestContract(SourceContract): folder = __file__`.
"""

from parvis.plug.testkit.clock import ManualClock
from parvis.plug.testkit.contract import (
    BridgeContract,
    CheckContract,
    FormatContract,
    LayoutContract,
)
from parvis.plug.testkit.fake_http import Asked, FakeHttp
from parvis.plug.testkit.fakes import (
    DictMemory,
    MemoryBlobs,
    MemoryShelf,
    MemoryVault,
    tools,
)
from parvis.plug.testkit.payloads import recorded
from parvis.plug.testkit.quality import QUALITY_RULES, read_quality
from parvis.plug.testkit.reading import SourceContract, sound

__all__ = [
    "QUALITY_RULES",
    "Asked",
    "BridgeContract",
    "CheckContract",
    "DictMemory",
    "FakeHttp",
    "FormatContract",
    "LayoutContract",
    "ManualClock",
    "MemoryBlobs",
    "MemoryShelf",
    "MemoryVault",
    "SourceContract",
    "read_quality",
    "recorded",
    "sound",
    "tools",
]
