"""The codebook: the themes that people keep, every change of them, and what is remembered of it."""
