"""The virtual clock of the tests is the one that scenes are scored on."""

from asha.evaluation.virtual_time import VirtualLoop, run_virtual

__all__ = ["VirtualLoop", "run_virtual"]
