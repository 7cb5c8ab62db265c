"""`make fuzz`: damaged photos through a real worker; exits 1 if one hangs it, kills it or comes out
wrong.

`make fuzz ARGS="--count 100000 --seed 7"` makes other cases, `ARGS="--only 7:123"` one of them
again. Each finding is a line; its file is written to the folder that is named at the end.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.support.computed_photos import photo_folder
from tests.support.fuzz.campaign import Campaign


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=5000, help="cases (5000)")
    parser.add_argument("--seed", type=int, default=1, help="other seeds, other cases (1)")
    parser.add_argument("--only", metavar="SEED:NUMBER", help="this one case")
    parser.add_argument("--out", type=Path, help="folder for what is found (a new one)")
    given = parser.parse_args()
    out = given.out or Path(tempfile.mkdtemp(prefix="abzug-fuzz-"))
    out.mkdir(parents=True, exist_ok=True)
    seeds = [given.only] if given.only else (f"{given.seed}:{n}" for n in range(given.count))
    found = 0
    campaign = Campaign(photo_folder(), out / "home")
    for finding in campaign.run(seeds):
        found += 1
        print(finding, flush=True)
        name = finding.case.seed.replace(":", "-")
        (out / f"{name}-{finding.case.source}").write_bytes(finding.case.data)
    total = campaign.outcomes.total()
    print(f"{total} cases, {campaign.cpu_seconds:.0f} CPU seconds: {dict(campaign.outcomes)}")
    print(f"{campaign.unverified} successes could not be verified")
    print(f"{found} findings; files and the worker's log are in {out}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
