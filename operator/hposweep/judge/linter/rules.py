"""The ids of the linter's rules. Every family of rules and the table in the documents use them.

`Schema`, `UnknownCriterion`, the rules of YAML and `NotAStopRule` need the file as the user wrote it, so that only
`cli.validate` reports them. So is `TemplateNotAllowed`, which is a fault on a cluster.
"""

from __future__ import annotations

from enum import StrEnum


class LinterRule(StrEnum):
    """The name of a rule, as findings and documents print it."""

    # of the file
    SCHEMA = "Schema"
    UNKNOWN_CRITERION = "UnknownCriterion"
    YAML_BOOLEAN = "YamlBoolean"
    YAML_OCTAL = "YamlOctal"
    YAML_EMPTY = "YamlEmpty"
    # the pod template, which `cli.validate` compares with the settings of an operator
    TEMPLATE_NOT_ALLOWED = "TemplateNotAllowed"
    # sizes
    TOO_MANY_CRITERIA = "TooManyCriteria"
    NESTED_TOO_DEEPLY = "NestedTooDeeply"
    TOO_MUCH_FOR_A_WORKER = "TooMuchForAWorker"
    # names
    UNKNOWN_OBJECTIVE = "UnknownObjective"
    UNKNOWN_PARAMETER = "UnknownParameter"
    UNKNOWN_CHOICE = "UnknownChoice"
    RESTRICTED_TO_NO_TRIAL = "RestrictedToNoTrial"
    UNKNOWN_DECISION = "UnknownDecision"
    UNKNOWN_QUESTION = "UnknownQuestion"
    DUPLICATE_NAME = "DuplicateName"
    WRONG_KIND_OF_PARAMETER = "WrongKindOfParameter"
    NOTHING_TO_COMPARE = "NothingToCompare"
    # the objective
    FILE_INSTEAD_OF_MODULE = "FileInsteadOfModule"
    UNKNOWN_VARIABLE = "UnknownVariable"
    FOREIGN_PLACEHOLDER = "ForeignPlaceholder"
    CONDITIONAL_ARGUMENT = "ConditionalArgument"
    SHARED_VARIABLE = "SharedVariable"
    ESCAPED_DOLLAR = "EscapedDollar"
    COMMAND_IN_ONE_STRING = "CommandInOneString"
    PATTERN_REFUSED = "PatternRefused"
    METRIC_IS_NO_OBJECTIVE = "MetricIsNoObjective"
    STEPS_WITHOUT_EFFECT = "StepsWithoutEffect"
    # retries
    UNKNOWN_EXCEPTION = "UnknownException"
    RETRIES_EVERY_FAILURE = "RetriesEveryFailure"
    RETRIES_FORBIDDEN = "RetriesForbidden"
    # thresholds
    WRONG_DIRECTION = "WrongDirection"
    NEVER_HOLDS = "NeverHolds"
    ALWAYS_HOLDS = "AlwaysHolds"
    THRESHOLDS_DISAGREE = "ThresholdsDisagree"
    LABEL_DISAGREES = "LabelDisagrees"
    # baseline
    BASELINE_MISSING = "BaselineMissing"
    BASELINE_OF_ANOTHER_OBJECTIVE = "BaselineOfAnotherObjective"
    BASELINE_IS_ZERO = "BaselineIsZero"
    BASELINE_OUTSIDE_RANGE = "BaselineOutsideRange"
    BESTS_AT_UNEQUAL_BUDGET = "BestsAtUnequalBudget"
    SUCCESS_BELOW_BASELINE = "SuccessBelowBaseline"
    STOP_BELOW_BASELINE = "StopBelowBaseline"
    IMPROVEMENT_STAYS_UNKNOWN = "ImprovementStaysUnknown"
    # decision points
    SILENT_DECISION = "SilentDecision"
    UNREACHABLE_RULE = "UnreachableRule"
    OVERLAPPING_RULES = "OverlappingRules"
    DECISION_BEYOND_BUDGET = "DecisionBeyondBudget"
    GPUS_ASSUMED = "GpusAssumed"
    DECISION_AT_THE_END = "DecisionAtTheEnd"
    DECISIONS_OUT_OF_ORDER = "DecisionsOutOfOrder"
    # rules that stop the sweep
    NOT_A_STOP_RULE = "NotAStopRule"
    STOP_BEYOND_BUDGET = "StopBeyondBudget"
    STOP_DURING_START_UP = "StopDuringStartUp"
    STOP_AGAINST_SUCCESS = "StopAgainstSuccess"
    STOP_BEFORE_CONTRAST = "StopBeforeContrast"
    GOAL_BELOW_BASELINE = "GoalBelowBaseline"
    # time
    DEADLINE_TOO_SHORT = "DeadlineTooShort"
    LONGER_THAN_EXPECTED = "LongerThanExpected"
    EXPECTED_BEYOND_DEADLINE = "ExpectedBeyondDeadline"
    SLOW_LIMIT_BEYOND_TIMEOUT = "SlowLimitBeyondTimeout"
    MORE_WORKERS_THAN_TRIALS = "MoreWorkersThanTrials"
    # GPU time
    GPU_BUDGET_WITHOUT_GPUS = "GpuBudgetWithoutGpus"
    GPU_BUDGET_BEYOND_DEADLINE = "GpuBudgetBeyondDeadline"
    COST_WITHOUT_GPUS = "CostWithoutGpus"
    # ratios
    TRIALS_BEYOND_BUDGET = "TrialsBeyondBudget"
    DIFFERENT_DENOMINATORS = "DifferentDenominators"
    RATIOS_IMPLY_EACH_OTHER = "RatiosImplyEachOther"
    HEALTH_DISAGREES_WITH_SUCCESS = "HealthDisagreesWithSuccess"
    # shares
    SHARE_EXPECTED_BY_SAMPLING = "ShareExpectedBySampling"
    ELITE_TOO_SMALL = "EliteTooSmall"
    TOO_FEW_TRIALS_FOR_ELITE = "TooFewTrialsForElite"
    NEARLY_ALWAYS_HOLDS = "NearlyAlwaysHolds"
    ADAPTIVE_SAMPLER_COMPARES_CHOICES = "AdaptiveSamplerComparesChoices"
    NO_INSIDE = "NoInside"
    # tiers
    TIER_CONTRADICTS_ITSELF = "TierContradictsItself"
    TIERS_CONTRADICT = "TiersContradict"
    TIERS_NOT_NESTED = "TiersNotNested"
    # notifications
    NOTIFIES_THE_DATABASE = "NotifiesTheDatabase"
    NOTIFIED_TWICE = "NotifiedTwice"
    NEVER_ASKS = "NeverAsks"
    # approval
    GRANTED_WITHOUT_EFFECT = "GrantedWithoutEffect"
    ASKS_IN_A_RULE = "AsksInARule"
    # preflight
    VERSION_UNREADABLE = "VersionUnreadable"
    CHECKSUM_OF_SEVERAL_FILES = "ChecksumOfSeveralFiles"
    RELATIVE_PATH = "RelativePath"
    CHECKED_TWICE = "CheckedTwice"
    # contrast
    CONTRAST_IMPOSSIBLE = "ContrastImpossible"
    CONTRAST_BEYOND_BUDGET = "ContrastBeyondBudget"
    # champions
    CHAMPIONS_WITHOUT_METRIC = "ChampionsWithoutMetric"
    OVERRIDES_A_PARAMETER = "OverridesAParameter"
    ONE_SEED = "OneSeed"
    NOTHING_TO_VALIDATE = "NothingToValidate"
    TIMEOUT_OF_THE_SEARCH = "TimeoutOfTheSearch"
    MORE_CHAMPIONS_THAN_TRIALS = "MoreChampionsThanTrials"
    # start of the study
    ENQUEUED_OUTSIDE_SPACE = "EnqueuedOutsideSpace"
    ENQUEUED_NEVER_ASKED = "EnqueuedNeverAsked"
    ENQUEUED_TWICE = "EnqueuedTwice"
    START_BEYOND_BUDGET = "StartBeyondBudget"
    START_AGAINST_SAMPLER = "StartAgainstSampler"
    WARM_START_FROM_ITSELF = "WarmStartFromItself"
    # sampler and pruner
    SAMPLER_REFUSED = "SamplerRefused"
    PRUNER_REFUSED = "PrunerRefused"
    SAMPLER_OF_ONE_OBJECTIVE = "SamplerOfOneObjective"
    PRUNER_OF_ONE_OBJECTIVE = "PrunerOfOneObjective"
    GRID_DOES_NOT_FIT = "GridDoesNotFit"
    GRID_AGAINST_BUDGET = "GridAgainstBudget"
    BRUTE_FORCE_WITHOUT_STEPS = "BruteForceWithoutSteps"
    CMA_ES_WITH_CHOICES = "CmaEsWithChoices"
    GP_BEYOND_ITS_REACH = "GpBeyondItsReach"
    ONLY_START_UP_TRIALS = "OnlyStartUpTrials"
    PRUNER_AGAINST_STEPS = "PrunerAgainstSteps"
    PRUNER_NEVER_PRUNES = "PrunerNeverPrunes"
    # search space
    FIXED_AND_SEARCHED = "FixedAndSearched"
    CONDITION_WITHOUT_PARENT = "ConditionWithoutParent"
    CONDITION_IN_A_CIRCLE = "ConditionInACircle"
    CONDITION_NEVER_HOLDS = "ConditionNeverHolds"
    STEP_DOES_NOT_DIVIDE = "StepDoesNotDivide"
    CHOICE_IS_NO_SCALAR = "ChoiceIsNoScalar"
    DUPLICATE_CHOICE = "DuplicateChoice"
    MIXED_CHOICES = "MixedChoices"
