"""Exports as they come: read strictly as text, with a receipt for every file and a reason for every broken line."""

from vocanalytics.sources.formats import read_records
from vocanalytics.sources.pulled import Pulled, read_pulled, write_pulled
from vocanalytics.sources.pulling import pull
from vocanalytics.sources.receipts import Receipt, write_receipts
from vocanalytics.sources.records import Broken, Records

__all__ = [
    "Broken",
    "Pulled",
    "Receipt",
    "Records",
    "pull",
    "read_pulled",
    "read_records",
    "write_pulled",
    "write_receipts",
]
