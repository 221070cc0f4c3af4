"""The life of a trial seen from its worker: claimed, watched, told, kept. Imported by the worker's top level."""
