"""From cluster and database to `model`: what is true now, for one sweep or for all studies of a database."""
