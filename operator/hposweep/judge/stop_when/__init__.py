"""The rules of `spec.stopWhen`: one module per kind, and the first finished trial with which one of them holds."""
