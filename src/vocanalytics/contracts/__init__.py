"""What may be counted: suites, accepted rows, quarantine, and the counts that must add up."""

from vocanalytics.contracts.accounting import account_for_rows, write_validated
from vocanalytics.contracts.matching import match_accounts, match_counts
from vocanalytics.contracts.validation import Validated, validate

__all__ = ["Validated", "account_for_rows", "match_accounts", "match_counts", "validate", "write_validated"]
