"""Voice-of-Customer scoring that Customer Success and Product can both recompute."""

__version__ = "0.1.0"
