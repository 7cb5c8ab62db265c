"""`python -m abzug` is the command `abzug`."""

from abzug.cli import main

main()
