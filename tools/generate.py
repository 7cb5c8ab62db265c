"""Write every file that is made from the code: `make generated`.

Each stands here once, and the tests hold it against what would be written.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from tools import draw_passes, make_edits_table, measure_costs
from trials import capacity

FILES: dict[Path, Callable[[], str]] = {
    make_edits_table.PAGE: make_edits_table.page,
    draw_passes.PICTURE: draw_passes.picture,
    capacity.PAGE: capacity.page,
    measure_costs.FILE: measure_costs.complete,
}


def main() -> None:
    for path, make in FILES.items():
        text = make()
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{path} is written.\n")


if __name__ == "__main__":
    main()
