"""The life of a trial seen from its worker: claim, control, ownership, tell, retention. Imported by the top level."""
