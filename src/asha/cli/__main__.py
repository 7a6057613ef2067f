"""python -m asha.cli is asha."""

from asha.cli import main

main()
