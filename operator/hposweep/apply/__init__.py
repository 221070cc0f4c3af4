"""A plan made real, in order. Every step may be repeated, by this operator or by the one that follows it."""
