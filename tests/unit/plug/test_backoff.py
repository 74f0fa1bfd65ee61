"""When a failing host is tried again."""

from __future__ import annotations

from random import Random

import pytest

from parvis.plug.backoff import CAP_S, OPENS_AFTER, TRIAL_S, Circuit, delay_s

NOW = 1_790_000_000.0


def test_the_delay_is_anywhere_up_to_a_doubling_cap() -> None:
    rng = Random(3)
    for failures in (1, 2, 3, 5, 9, 40, 10_000):
        most = min(CAP_S, 2.0 ** min(failures - 1, 30))
        delays = [delay_s(failures, rng) for _ in range(400)]
        assert all(0 <= delay <= most for delay in delays)
        assert min(delays) < most * 0.1 and max(delays) > most * 0.9  # full jitter


def test_the_same_seed_gives_the_same_delays() -> None:
    assert [delay_s(n, Random(9)) for n in range(9)] == [delay_s(n, Random(9)) for n in range(9)]


def test_a_circuit_opens_after_failures_in_a_row_alone() -> None:
    circuit = Circuit(Random(1))
    for _ in range(20):
        for _ in range(OPENS_AFTER - 1):
            circuit.failed(NOW)
        assert not circuit.open and circuit.enter(NOW) == 0
        assert circuit.healed() is False
    for _ in range(OPENS_AFTER):
        wait = circuit.failed(NOW)
    assert circuit.open and circuit.failures == OPENS_AFTER
    assert circuit.enter(NOW) == circuit.wait_s(NOW) == pytest.approx(wait, abs=1e-6)
    assert circuit.healed() is True
    assert circuit.enter(NOW) == circuit.wait_s(NOW) == 0


def test_an_open_circuit_lets_one_through_at_a_time() -> None:
    circuit = Circuit(Random(1))
    for _ in range(OPENS_AFTER):
        circuit.failed(NOW)
    later = NOW + CAP_S
    assert circuit.enter(later) == 0
    assert circuit.enter(later) == pytest.approx(
        TRIAL_S
    )  # the first may have been cancelled without a word
    assert circuit.enter(later + TRIAL_S) == 0


def test_a_clock_set_back_keeps_no_circuit_open() -> None:
    circuit = Circuit(Random(1))
    for _ in range(OPENS_AFTER):
        circuit.failed(NOW)
    assert circuit.enter(NOW - 86_400) == 0
    assert 0 <= circuit.wait_s(NOW - 86_400) <= CAP_S
