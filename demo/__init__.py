"""`make demo`: two real sweeps from apply to verdict. Uses kubectl and helm as a user does."""
