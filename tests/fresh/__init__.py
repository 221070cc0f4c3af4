"""README's commands in a Debian that has nothing installed: `make fresh`, and a test of the first command."""
