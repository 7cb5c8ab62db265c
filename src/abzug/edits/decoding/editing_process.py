"""What an editing process is told once, before its first photo."""

from __future__ import annotations

import os
import resource
import sys

from abzug.edits.formats.registry import formats


def prepare_process(memory_limit: int) -> None:
    """Make this process fit to edit photos of strangers.

    One thread (a worker has a process per core), no cache of results (no photo comes twice), no
    loaders but the known ones, and at most `memory_limit` bytes of address space (0: no limit), so
    that a hostile file ends in an error instead of the machine's last memory.
    """
    os.environ["VIPS_WARNING"] = "off"  # read when libvips is loaded: it then keeps them to itself
    import cv2
    import pillow_heif
    import pyvips

    # Its handler of libvips's log is in Python, where garbage may be collected: a picture that then
    # goes may warn as well, and of a warning within a warning GLib makes an end of the process.
    pyvips._remove_log_handler()  # noqa: SLF001  there is no public way
    os.environ["OMP_NUM_THREADS"] = "1"  # LibRaw's; it is loaded with the first RAW
    cv2.setNumThreads(1)
    pillow_heif.options.DECODE_THREADS = 1
    pyvips.concurrency_set(1)  # type: ignore[attr-defined]  # missing in its stubs
    pyvips.cache_set_max(0)
    pyvips.cache_set_max_mem(0)
    pyvips.cache_set_max_files(0)
    pyvips.operation_block_set("VipsForeignLoad", True)
    for loader in filter(None, (one.loader for one in formats())):
        kind = pyvips.type_name(pyvips.type_find("VipsForeignLoad", loader))
        pyvips.operation_block_set(kind, False)
    if memory_limit and sys.platform != "darwin":  # which knows the limit, and ignores it
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        limit = memory_limit if hard == resource.RLIM_INFINITY else min(memory_limit, hard)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
