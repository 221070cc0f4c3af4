"""Success criteria: each to a verdict with value, threshold, margin and a sentence. `tiers` is the door.

Before the sweep has ended a criterion that does not hold yet is Unknown; only the end makes it False. Missing data and
a source that failed are Unknown also then: an error is not a failure.
"""
