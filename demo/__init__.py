"""A real sweep from apply to verdict, as `make demo` shows it. Uses kubectl and helm as a person would."""
