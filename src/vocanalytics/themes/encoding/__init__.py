"""Encoders: texts as vectors, and the weights that two of them need."""
