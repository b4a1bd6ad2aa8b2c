"""`python -m vocanalytics`."""

from vocanalytics.cli import main

main()
