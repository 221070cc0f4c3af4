"""The user's objective: loaded, called, and given its parameters and checkpoints."""
