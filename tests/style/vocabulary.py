"""The closed word lists that the measures count. A new word is added here, with its reason where it is allowed."""

from __future__ import annotations

# Past participles that say how a value was obtained instead of what it is.
_PARTICIPLES = """
    added aimed asked attended begun bound broken built brought caught chosen compared counted covered crashed dealt
    decided declared described doomed drawn explained felt filled flipped forgotten found given gone heard held
    inherited interrupted judged kept known latched left lent linted listed looked lost made marked maximized meant
    measured met minimized named needed noted numbered offered opened ordered owned padded paid passed paired placed
    printed probed promised quoted ranked reached refused remembered removed repeated requested said searched
    seen sent settled shifted shown shut sold sought spelled spent spoken stored stuck suggested taken taught timed told
    tried understood understated used valued waited wanted watched wished won written
"""
# Words that stand for a noun. `other` is allowed: Python and Optuna name the second operand so (`__eq__`, `__lt__`).
_PRONOUNS = """
    it they them he him she that those one ones others another most least fewest more less few many much some both each
    every nobody somebody anybody everybody everyone anyone someone something anything everything nothing whole rest own
    mine ours yours theirs its his what who whom whose whoever which where when why how same such todo
"""
VAGUE_NAMES = frozenset((_PARTICIPLES + _PRONOUNS).split())

# Participles that are standard terms, and why. They are not in the list above; a test holds that.
ALLOWED_NAMES = {
    "accepted": "condition of the resource",
    "allowed": "term of validation, as in `got …; allowed …`",
    "changed": "term of the diff of two specs",
    "charged": "trial count of the resource",
    "closed": "state of a connection",
    "completed": "trial count of the resource",
    "decoded": "term of serialization",
    "deleted": "event of a watch",
    "desired": "desired state, in Kubernetes and in the status of the resource",
    "disrupted": "trial count of the resource",
    "done": "asyncio's and queue's own word",
    "encoded": "term of serialization",
    "ended": "state of a sweep",
    "expected": "term of validation, beside `got`",
    "failed": "trial count of the resource",
    "finished": "trial count of the resource",
    "fitted": "term of regression",
    "fixed": "Optuna's word for parameters that are not sampled",
    "nested": "term of data structures",
    "other": "the second operand of a comparison, in Python and in Optuna",
    "pruned": "trial count of the resource",
    "raised": "term of exceptions",
    "required": "term of schemas",
    "retried": "trial count of the resource",
    "running": "trial count of the resource",
    "sampled": "term of statistics",
    "signed": "term of numbers",
    "started": "state of a trial",
    "stopped": "state of a study",
    "succeeded": "count of a Job",
    "terminated": "state of a container",
    "uncharged": "trial count of the resource",
    "waiting": "trial count of the resource",
}

# A docstring that begins so is a clause and no statement.
CLAUSE_WORDS = ("what", "who", "whom", "whose", "which", "how", "why", "whoever", "whatever")

# Words of a private dialect, as patterns, each with the word to write instead.
DIALECT = {
    r"mend(s|ed|ing)?": "fix",
    r"foretell(s|ing)?|foretold": "forecast",
    r"anew": "again",
    r"whoever|whomever": "name the actor",
    r"(?<![`\"])(nobody|somebody)(?![`\"])": "name the actor",  # quoted, `nobody` is the user of Unix
    r"for ever": "forever",
    r"shall": "must, should",
    r"lies": "is",
    r"whence": "from where",
    r"unawares": "unnoticed",
    r"need be done": "no action needed",
    r"worth naming": "negligible",
}
