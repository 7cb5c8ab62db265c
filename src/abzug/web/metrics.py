"""Prometheus metrics: what this process served, and what the queues and the database say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import Scope

from abzug.service.service import Service

METHODS = frozenset({"GET", "HEAD", "POST", "DELETE"})
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)


class Metrics:
    """Registry of its own, so that two apps in one process (tests) do not mix."""

    def __init__(self, service: Service) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Stats(service))
        self._duration = Histogram(
            "abzug_http_request_duration_seconds",
            "From the request's first byte to the answer's last, by route template.",
            ["method", "route", "status"],
            buckets=BUCKETS,
            registry=self._registry,
        )

    def observe(self, scope: Scope, status: int, seconds: float) -> None:
        # labels come from fixed sets: a caller cannot make new time series at will
        method = scope["method"] if scope["method"] in METHODS else "other"
        route = getattr(scope.get("route"), "path", "other")
        self._duration.labels(method, route, f"{status // 100}xx").observe(seconds)

    def exposition(self) -> bytes:
        """Prometheus text format; asks the queues and the database."""
        return generate_latest(self._registry)


class _Stats(Collector):
    def __init__(self, service: Service) -> None:
        self._service = service

    def describe(self) -> list[Metric]:
        return []  # else registering would ask the queues

    def collect(self) -> Iterator[Metric]:
        stats = self._service.stats()
        yield from _queues(stats["queues"])
        jobs = stats["jobs"]
        tasks = GaugeMetricFamily("abzug_tasks", "Tasks by state.", labels=["state"])
        for state, count in jobs["tasks"].items():
            tasks.add_metric([state], count)
        yield tasks
        yield CounterMetricFamily("abzug_attempts", "Attempts at tasks.", jobs["attempts"])
        yield CounterMetricFamily(
            "abzug_leases_expired",
            "Deliveries whose worker never said what became of them.",
            jobs["expired_leases"],
        )
        yield CounterMetricFamily(
            "abzug_cpu_seconds", "CPU time that editing took.", jobs["cpu_seconds"]
        )
        # of the database: in their queue the tracker keeps them leased, so few are ever visible
        yield GaugeMetricFamily(
            "abzug_dead_letters",
            "Tasks that were given up after too many deliveries, and wait for an operator.",
            jobs["dead_letters"],
        )
        yield GaugeMetricFamily(
            "abzug_waiting_cpu_seconds",
            "CPU time that the queued tasks are expected to take.",
            jobs["waiting_cpu_seconds"],
        )
        yield GaugeMetricFamily(
            "abzug_pace",
            "CPU time that editing took of late, as a multiple of what was foretold.",
            jobs["pace"],
        )


def _queues(depths: Mapping[str, Any]) -> Iterator[Metric]:
    messages = GaugeMetricFamily(
        "abzug_queue_messages", "Messages in a queue by state.", labels=["queue", "state"]
    )
    oldest = GaugeMetricFamily(
        "abzug_queue_oldest_age_seconds",
        "How long the oldest visible message has waited.",
        labels=["queue"],
    )
    for name, depth in depths.items():
        for state in ("visible", "in_flight", "delayed"):
            messages.add_metric([name, state], getattr(depth, state))
        if depth.oldest_age is not None:
            oldest.add_metric([name], depth.oldest_age)
    yield messages
    yield oldest
