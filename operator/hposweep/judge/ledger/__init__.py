"""The ledger of GPU time: one pod (`pod`), the trials that ran on it (`spans`), the sum of a sweep (`ledger`)."""
