"""Execute a plan, in order, and write the status. Each action may be repeated, also by another operator process."""
