"""The fuzz test: photos, damaged on purpose, through a real worker.

    sources.py      small photos of every format, made from a folder of larger ones
    bytewise.py     damage that knows no format
    jpeg.py png.py tiff.py riff.py gif.py boxes.py    damage that knows where a format hurts
    cases.py        a number gives a damaged file and what is asked of it
    worker.py       `abzug worker` in a process of its own, with its queues and its store
    oracles.py      what may come out
    campaign.py     many cases, counted; `make fuzz` (trials/fuzz.py) and the suite run it

A case is made from its seed alone, so a finding is reproduced by naming it.
"""
