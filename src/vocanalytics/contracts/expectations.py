"""Suites run by Great Expectations, in memory: no analytics, no Data Docs, no progress bars, nothing on disk.

Importing Great Expectations takes seconds, so that only `run_suites` does, and only when it is called.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl
import polars.selectors as cs

from vocanalytics.contracts.suites import Expectation, Parameters, Suite, used_columns, with_words
from vocanalytics.errors import ContractError

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.data_context import EphemeralDataContext


class Outcome(NamedTuple):
    """What came of one expectation.

    Attributes
    ----------
    expectation
        What was expected.
    success
        Whether it held.
    rows
        `row` of every row that failed; empty for an expectation about the whole table.
    observed
        What was found instead, for an expectation about the whole table.
    """

    expectation: Expectation
    success: bool
    rows: pl.Series
    observed: str


def run_suites(
    frames: Mapping[str, pl.DataFrame], suites: Mapping[str, Suite], parameters: Parameters
) -> dict[str, list[Outcome]]:
    """Hold every table against its suite.

    Parameters
    ----------
    frames
        Typed tables with `row`, by name.
    suites
        The suite of each of them.
    parameters
        Values for what the suites name as `{"$PARAMETER": …}`.

    Returns
    -------
    dict
        Outcomes in the order of each suite.

    Raises
    ------
    ContractError
        When an expectation cannot be evaluated, which is not the same as one that fails.
    """
    context = _quiet_context()
    return {table: _run(context, frame, suites[table], parameters) for table, frame in frames.items()}


def _quiet_context() -> EphemeralDataContext:
    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    # Its own defaults for an ephemeral context make a folder for Data Docs.
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
    )
    return gx.get_context(mode="ephemeral", project_config=config)


def _run(context: EphemeralDataContext, frame: pl.DataFrame, suite: Suite, parameters: Parameters) -> list[Outcome]:
    from great_expectations import ExpectationSuite

    definitions = [_definition(suite, place) for place in range(len(suite.expectations))]
    source = context.data_sources.add_pandas(suite.name)
    batch = source.add_dataframe_asset(suite.name).add_batch_definition_whole_dataframe(suite.name)
    results = batch.get_batch({"dataframe": _pandas_view(frame, suite)}).validate(
        ExpectationSuite(name=suite.name, expectations=definitions),
        result_format={"result_format": "COMPLETE"},
        expectation_parameters=dict(with_words(parameters, suite.name)),
    )
    by_place = {result.expectation_config.meta["place"]: result for result in results.results}
    return [_outcome(item, by_place[place], frame, suite) for place, item in enumerate(suite.expectations)]


def _definition(suite: Suite, place: int) -> Any:
    """One expectation as Great Expectations has it; left to itself it logs a wrong one and goes on without it."""
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    item = suite.expectations[place]
    # Results come back in an order of their own: the place in the suite travels along.
    definition = ExpectationConfiguration(type=item.kind, kwargs=dict(item.kwargs), meta={"place": place})
    try:
        return definition.to_domain_obj()
    except Exception as error:  # it raises unrelated classes, some of them pydantic's
        raise ContractError(
            f"Great Expectations does not accept the expectation: {error}",
            where=f"suite {suite.name}, expectation {place + 1} ({item.kind})",
            advice="Correct the suite",
        ) from None


def _pandas_view(frame: pl.DataFrame, suite: Suite) -> pd.DataFrame:
    """Only the columns that the suite looks at, in types that can be compared; the index is the position."""
    used = {column for expectation in suite.expectations for column in used_columns(expectation)}
    columns = [column for column in frame.columns if column in used or column == "row"]
    # Bounds are compared, never computed with, so that a float of an amount of money decides the same.
    return frame.select(columns).cast({cs.decimal(): pl.Float64}).to_pandas()


def _outcome(
    expectation: Expectation, result: ExpectationValidationResult, frame: pl.DataFrame, suite: Suite
) -> Outcome:
    raised = _raised(result.exception_info)
    if raised:
        raise ContractError(
            f"the expectation could not be evaluated: {raised}",
            where=f"suite {suite.name}, {expectation.kind} {expectation.column}".rstrip(),
            advice="Correct the suite; this is not a fault of the data",
        )
    failed = pl.Series(result.result.get("unexpected_index_list") or [], dtype=pl.Int64).sort()
    rows = frame["row"].gather(failed)
    if expectation.keep_first:
        rows = _but_the_first(frame.filter(pl.col("row").is_in(rows.implode())), expectation.column)
    return Outcome(expectation, bool(result.success), rows, str(result.result.get("observed_value", "")))


def _but_the_first(failed: pl.DataFrame, column: str) -> pl.Series:
    return failed.filter(~pl.col(column).is_first_distinct())["row"]


def _raised(info: Mapping[str, Any] | None) -> str:
    """The message of an exception inside an expectation; it comes flat, or once per metric."""
    if not info:
        return ""
    parts = [info] if "raised_exception" in info else [part for part in info.values() if isinstance(part, Mapping)]
    return next((str(part.get("exception_message")) for part in parts if part.get("raised_exception")), "")
