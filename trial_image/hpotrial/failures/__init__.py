"""The classification of failures: class, message and fingerprint of a failed trial."""
