"""From what is true to what it means. Pure: no clock, no client, no SQL; the same input gives the same verdict."""
