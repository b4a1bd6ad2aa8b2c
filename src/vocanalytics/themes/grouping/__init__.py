"""Groups: known themes that verbatims join, and new ones that they form."""
