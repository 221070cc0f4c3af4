"""What the floors hand to each other: frozen, plain, without behaviour beyond a question or two."""
