"""The resource in Python: what users type (`spec`), what they read (`status`, `conditions`), and every agreed name."""
