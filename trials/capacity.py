"""What so many workers would ask of everything else, computed from measured figures.

`.venv/bin/python -m trials.capacity [INSTANCES]` prints the tables of docs/explanation/limits.md,
`make generated` puts them in there. Measure again with the commands named here, and put the figures
in.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass

from tests.support import ROOT

PAGE = ROOT / "docs" / "explanation" / "limits.md"

CORES = 2
"""Of an instance."""
BENCH = "make bench ARGS="
MEASURED = {
    "cpu_seconds": (0.272, "CPU seconds of a photo of job B", "make bench-engine"),
    "use_of_cores": (
        0.93,
        "least speed of the whole system, of the bare engine's",
        BENCH + "system",
    ),
    "sqs_calls": (0.45, "SQS calls a photo", BENCH + "cloud"),
    "s3_gets": (1.0, "S3 GETs a photo", BENCH + "cloud"),
    "s3_heads": (0.03, "S3 HEADs a photo", BENCH + "cloud"),
    "s3_puts": (1.0, "S3 PUTs an output", BENCH + "cloud"),
    "tracker": (
        3120.0,
        "reports a CPU second, one tracker and PostgreSQL in turn",
        BENCH + "tracker",
    ),
    "database": (11_100.0, "reports a CPU second, PostgreSQL by itself", BENCH + "tracker"),
    "rows": (11.2, "rows written a photo", BENCH + "tracker"),
    "log_bytes": (5330.0, "bytes of the database's log a photo", BENCH + "tracker"),
    "reports": (2.0, "reports a photo: it is begun, it is done", "by design"),
    "held": (14.0, "messages in flight a worker: ten, and two an editor", "by design"),
    "photo_mb": (5.0, "MB of an original", "assumed"),
    "result_mb": (3.0, "MB of a result", "assumed"),
}
IN_FLIGHT, GETS, PUTS, LOG_MB, LINE_MB = 120_000, 5_500, 3_500, 125, 1_250
"""Messages of a queue; calls a second of one prefix of keys in S3; MB/s of a common disk (gp3), and
of a web server's line of 10 Gbit/s: what Amazon's documentation says."""


@dataclass(frozen=True)
class Ask:
    """bound: what there is of it, in words; most: in numbers, 0 where only more of it is needed."""

    what: str
    amount: float
    unit: str = "a second"
    bound: str = ""
    most: float = 0.0


def main() -> None:
    instances = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    sys.stdout.write(measured_table() + "\n" + asks_table(instances))


def page() -> str:
    """What stands there, with its tables as they are now."""
    return _with(_with(PAGE.read_text(encoding="utf-8"), measured_table()), asks_table(1000))


def _with(text: str, table: str) -> str:
    """The text with this table in place of the one that has its head."""
    head, _, _ = table.partition("\n")
    return re.sub(re.escape(head) + r"\n(\|.*\n)+", lambda _: table, text)


def measured_table() -> str:
    lines = ["| figure | | from |", "|---|--:|---|"]
    lines += [f"| {what} | {value:g} | {by} |" for value, what, by in MEASURED.values()]
    return "\n".join(lines) + "\n"


def asks_table(instances: int) -> str:
    lines = [
        f"| {instances:,} instances of {CORES} cores ask for | | there is | enough for instances |",
        "|---|--:|---|--:|",
    ]
    for ask in asks(instances):
        enough = f"{instances * ask.most / ask.amount:,.0f}" if ask.most else ""
        amount = f"{ask.amount:,.0f}" if ask.amount >= 10 else f"{ask.amount:.1f}"
        lines.append(f"| {ask.what} | {amount} {ask.unit} | {ask.bound} | {enough} |")
    return "\n".join(lines) + "\n"


def asks(instances: int) -> list[Ask]:
    m = {name: value for name, (value, *_) in MEASURED.items()}
    photos = instances * CORES * m["use_of_cores"] / m["cpu_seconds"]
    megabytes = m["photo_mb"] + m["result_mb"]
    gets = photos * (m["s3_gets"] + m["s3_heads"])
    trackers = photos * m["reports"] / m["tracker"]
    return [
        Ask("photos", photos),
        Ask("S3 PUT of originals", photos, bound=f"{PUTS:,} a prefix", most=PUTS),
        Ask("S3 PUT of results", photos * m["s3_puts"], bound=f"{PUTS:,} a prefix", most=PUTS),
        Ask("S3 GET and HEAD", gets, bound=f"{GETS:,} a prefix", most=GETS),
        Ask("bytes between S3 and workers", photos * megabytes, "MB/s", "each its own line"),
        Ask(
            "bytes of uploads", photos * m["photo_mb"], "MB/s", f"{LINE_MB:,} a web server", LINE_MB
        ),
        Ask("SQS calls", photos * m["sqs_calls"], bound="no limit of standard queues"),
        Ask("messages in flight", instances * m["held"], "", f"{IN_FLIGHT:,}", IN_FLIGHT),
        Ask("reports", photos * m["reports"]),
        Ask("trackers", trackers, "busy", "one, and more as wanted", 1),
        Ask("rows written", photos * m["rows"]),
        Ask(
            "the database's log", photos * m["log_bytes"] / 1e6, "MB/s", f"{LOG_MB} a disk", LOG_MB
        ),
        Ask(
            "the database's cores, for reports",
            photos * m["reports"] / m["database"],
            "busy",
            "as many as one server has",
        ),
    ]


if __name__ == "__main__":
    main()
