"""The formats of an analysis, apart from their writers, which take longer to import."""

from __future__ import annotations

from enum import StrEnum


class AnalysisFormat(StrEnum):
    """The formats in which `hposweep analyze` prints its result."""

    TEXT = "text"
    JSON = "json"
    YAML = "yaml"
    CSV = "csv"
    MARKDOWN = "md"
