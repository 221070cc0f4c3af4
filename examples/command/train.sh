#!/bin/sh
# Minimize (x - 3)² by gradient descent, with sh and awk only. docs/how-to/objective.md lists the variables.
set -eu

x=$HPO_PARAM_START
step=0
while [ "$step" -lt "$HPO_PARAM_STEPS" ]; do
    set -- $(awk -v x="$x" -v rate="$HPO_PARAM_RATE" 'BEGIN { x -= rate * 2 * (x - 3); printf "%.9g %.9g", x, (x - 3) ^ 2 }')
    x=$1 loss=$2
    echo "step $step: x $x, loss $loss"
    echo "{\"step\": $step, \"value\": $loss}" >>"$HPO_REPORT_FILE"
    if [ -e "$HPO_PRUNED_FILE" ]; then
        exit 0 # the trial counts as pruned whatever the exit code
    fi
    step=$((step + 1))
    sleep "$HPO_PARAM_SECONDS_PER_STEP"
done
echo "{\"value\": $loss, \"attributes\": {\"x\": $x}}" >"$HPO_RESULT_FILE"
