"""Which configurations are trained again after the search, and how they compare."""
