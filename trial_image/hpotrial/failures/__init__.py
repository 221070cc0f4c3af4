"""Why a trial failed: its class, its message and its fingerprint."""
