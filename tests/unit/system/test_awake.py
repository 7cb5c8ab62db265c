"""The clock that stands still while its process is stopped."""

from __future__ import annotations

from abzug.system.awake import LONGEST_TICK, Awake


def test_it_counts_what_goes_by_but_not_a_stop() -> None:
    now = [100.0]
    told: list[float] = []
    awake = Awake(told.append, clock=lambda: now[0])
    for step in (0.5, 0.75, 3600.0, 0.5):
        now[0] += step
        awake.tick()
    assert told == [0.5, 1.25, 1.25 + LONGEST_TICK, 1.75 + LONGEST_TICK]
    assert awake.seconds() == told[-1]
