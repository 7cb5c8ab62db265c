"""What logs may hold."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

import pytest
import structlog

from abzug.system import logs


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.mark.parametrize("stderr", [Terminal(), io.StringIO()], ids=["watched", "unwatched"])
def test_a_traceback_tells_where_and_not_with_what(
    stderr: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", stderr)
    logs.set_up("info")

    try:
        fail_over("the sea " + "at noon")
    except ZeroDivisionError:
        structlog.get_logger().exception("broken")

    assert "in fail_over" in stderr.getvalue()
    assert "the sea at noon" not in stderr.getvalue()


def fail_over(words: str) -> int:
    return len(words) // 0


def test_lines_of_one_kind_are_bounded_and_the_rest_is_counted() -> None:
    now = [0.0]
    limit = logs.RateLimit(lambda: now[0])

    def passed(event: str) -> dict[str, object] | None:
        try:
            return dict(limit(None, "warning", {"event": event}))
        except structlog.DropEvent:
            return None

    told = [passed("turned away") for _ in range(logs.SAME + 5)]
    other = passed("something else")
    now[0] = logs.PERIOD
    later = passed("turned away")

    assert [line is None for line in told] == [False] * logs.SAME + [True] * 5
    assert other == {"event": "something else"}
    assert later == {"event": "turned away", "dropped": 5}
