"""The frozen values that the layers pass to each other: plain, with a few predicates and no behaviour."""
