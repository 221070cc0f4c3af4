"""From what is true and what it means to what people read. Pure; every sentence of the status is written here."""
