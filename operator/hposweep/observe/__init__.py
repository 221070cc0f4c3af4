"""Read cluster and database into `model`: what is true now, for one sweep or for all studies of a database."""
