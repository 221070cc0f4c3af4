"""Where workers live. `protocol` says what the rest may ask of it; `kubernetes` is the API server's answer."""
