"""Rules about the health of a running sweep: one module per rule, named by its reason; `rules` lists them. Pure."""
