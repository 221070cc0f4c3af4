"""The places where workers run. `protocol` is the interface; `kubernetes` and `local` implement it."""
