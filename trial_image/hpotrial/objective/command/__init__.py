"""A program as the objective: its environment, its reports and its result."""
