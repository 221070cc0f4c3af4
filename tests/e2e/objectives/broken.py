"""Cannot be imported."""

raise RuntimeError("no data folder")
