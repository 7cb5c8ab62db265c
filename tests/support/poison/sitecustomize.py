"""On PYTHONPATH this makes photos with the word POISON in them kill their editing process,
those with HANGS never come to an end, over those with BREAKS the engine breaks, and those with
LEAVES end the thread that edits.

No photo at hand does any of it to libvips, so it is planted here, outside the product: the module
abzug.edits.engine is patched right after it was loaded.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import os
import signal
import sys
import time
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

TARGET = "abzug.edits.engine"


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != TARGET:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.loader is not None
        load = spec.loader.exec_module

        def load_and_poison(module: ModuleType) -> None:
            load(module)
            edit = vars(module)["edit"]

            def poisoned(data: bytes, *args: Any, **kwargs: Any) -> Any:
                head = bytes(data[:4096])
                if b"POISON" in head:
                    os.kill(os.getpid(), signal.SIGKILL)
                while b"HANGS" in head:
                    time.sleep(1)
                if b"BREAKS" in head:
                    raise RuntimeError("planted")
                if b"LEAVES" in head:
                    raise SystemExit(3)
                return edit(data, *args, **kwargs)

            vars(module)["edit"] = poisoned

        spec.loader.exec_module = load_and_poison  # type: ignore[method-assign]
        return spec


sys.meta_path.insert(0, _Finder())
