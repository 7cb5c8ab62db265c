"""What Abzug costs on Amazon, a month and for 1,000 photos, from prices that you can change.

usage: .venv/bin/python deploy/aws/costs.py [NAME=PRICE...]        prints the tables in Markdown

The defaults are list prices of us-east-1 in dollars, as known in November 2026 and rounded: prices
differ by region and change, so look yours up and put them in.
"""

import sys
from collections.abc import Mapping

HOURS = 730
"""Of a month."""
PRICES = {
    "web_hour": 0.0208,  # t3.small
    "database_hour": 0.032,  # db.t4g.small, one zone
    "database_gb_month": 0.115,
    "balancer_hour": 0.0225,
    "balancer_lcu_hour": 0.008,
    "nat_hour": 0.045,
    "worker_hour": 0.041,  # c7a.large (2 cores), Spot; on demand it is about 0.103
    "sqs_million": 0.40,
    "s3_put_thousand": 0.005,
    "s3_get_thousand": 0.0004,
    "s3_gb_month": 0.023,
    "out_gb": 0.09,
    "secret_month": 0.40,
    "alarm_month": 0.10,
    "dashboard_month": 3.0,
}
WORK = {
    "cpu_seconds": 0.40,  # of a 12-megapixel photo at full size with light and color (job B)
    "use_of_cores": 0.85,  # the rest waits, starts and stops
    "sqs_calls": 1.0,  # all of them: worker, tracker and web, in batches of ten
    "s3_puts": 2.0,  # the original and one result
    "s3_gets": 2.0,  # the worker's and one download
    "photo_mb": 5.0,
    "result_mb": 3.0,
}
WEBS, CORES, ALARMS, DATABASE_GB = 2, 2, 6, 20


def main() -> None:
    given = dict(argument.split("=", 1) for argument in sys.argv[1:])
    unknown = given.keys() - PRICES.keys()
    if unknown:
        sys.exit(f"costs: no price {min(unknown)}; there are: {', '.join(PRICES)}")
    sys.stdout.write(tables(PRICES | {name: float(price) for name, price in given.items()}))


def tables(prices: Mapping[str, float]) -> str:
    """Both tables in Markdown."""
    return (
        table("whether photos come or not, a month", standing(prices))
        + "\n"
        + table("1,000 photos of 12 megapixels", thousand_photos(prices))
    )


def table(title: str, rows: Mapping[str, float]) -> str:
    lines = [f"| {title} | $ |", "|---|--:|"]
    lines += [f"| {what} | {cost:.3f} |" for what, cost in rows.items()]
    return "\n".join([*lines, f"| **in all** | **{sum(rows.values()):.2f}** |"]) + "\n"


def standing(prices: Mapping[str, float]) -> dict[str, float]:
    zones = 2
    return {
        f"{WEBS} web servers": WEBS * prices["web_hour"] * HOURS,
        "database in two zones": zones
        * (prices["database_hour"] * HOURS + DATABASE_GB * prices["database_gb_month"]),
        "load balancer, one unit of load": HOURS
        * (prices["balancer_hour"] + prices["balancer_lcu_hour"]),
        "NAT, if the network has none yet": prices["nat_hour"] * HOURS,
        "alarms, dashboard, secret": ALARMS * prices["alarm_month"]
        + prices["dashboard_month"]
        + prices["secret_month"],
        "workers, while nothing waits": 0.0,
    }


def thousand_photos(prices: Mapping[str, float]) -> dict[str, float]:
    gb = (WORK["photo_mb"] + WORK["result_mb"]) * 1000 / 1000
    hours = 1000 * WORK["cpu_seconds"] / CORES / WORK["use_of_cores"] / 3600
    return {
        f"workers, {hours:.3f} h on Spot": hours * prices["worker_hour"],
        "SQS": WORK["sqs_calls"] * 1000 / 1e6 * prices["sqs_million"],
        "S3 requests": WORK["s3_puts"] * prices["s3_put_thousand"]
        + WORK["s3_gets"] * prices["s3_get_thousand"],
        f"S3 storage, {gb:.0f} GB for a month": gb * prices["s3_gb_month"],
        "results downloaded once": WORK["result_mb"] * prices["out_gb"],
    }


if __name__ == "__main__":
    main()
