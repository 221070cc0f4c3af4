#!/bin/sh
# A program as an objective: parameters in the environment, the value on the last line.
echo "trial $HPO_TRIAL_NUMBER tries x=$HPO_PARAM_X"
python -c "import os; x = float(os.environ['HPO_PARAM_X']); print((x - 2) ** 2)"
