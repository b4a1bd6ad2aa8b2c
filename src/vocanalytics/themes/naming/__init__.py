"""Names that a model may propose: asked outside of a run, kept, and read by it."""
