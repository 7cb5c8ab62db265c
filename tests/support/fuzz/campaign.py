"""Many cases one after the other, counted and judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.support.fuzz.cases import ORDERS, Case, make_case
from tests.support.fuzz.oracles import Finding, Judge
from tests.support.fuzz.sources import BROKEN, sources
from tests.support.fuzz.worker import FuzzedWorker


class Campaign:
    """Counts outcomes by code ("succeeded" is one), while findings are yielded."""

    def __init__(self, photos: Path, home: Path) -> None:
        self._sources = sources(photos)
        self._home = home
        self._judge = Judge()
        self.outcomes: Counter[str] = Counter()
        self.cpu_seconds = 0.0

    def run(self, seeds: Iterable[str]) -> Iterator[Finding]:
        judge = self._judge
        with FuzzedWorker(self._home) as worker:
            for outcome in worker.run(self._undamaged()):
                judge.learn(outcome)
                is_broken = outcome.case.source in BROKEN
                if (outcome.results is None) is not is_broken:
                    yield Finding(outcome.case, "source", f"{outcome.error}")
                yield from judge.findings(outcome)
            for outcome in worker.run(make_case(seed, self._sources) for seed in seeds):
                self.outcomes[outcome.error.code if outcome.error else "succeeded"] += 1
                self.cpu_seconds += outcome.cpu_seconds
                yield from judge.findings(outcome)

    @property
    def unverified(self) -> int:
        """Successes that could not be held against another decoder."""
        return self._judge.unverified

    def _undamaged(self) -> Iterator[Case]:
        for name, data in sorted(self._sources.items()):
            for order in ORDERS:
                yield Case(f"undamaged-{name}", name, "undamaged", False, data, order)
