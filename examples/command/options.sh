#!/bin/sh
# The same descent as train.sh, but it knows nothing of HPOSweep: options in, a log out.
set -eu

for option in "$@"; do
    case $option in
    --rate=*) rate=${option#*=} ;;
    --start=*) x=${option#*=} ;;
    --steps=*) steps=${option#*=} ;;
    esac
done
step=0
while [ "$step" -lt "$steps" ]; do
    set -- $(awk -v x="$x" -v rate="$rate" 'BEGIN { x -= rate * 2 * (x - 3); printf "%.9g %.9g", x, (x - 3) ^ 2 }')
    x=$1
    echo "step $step of $steps: loss $2 at x=$x"
    step=$((step + 1))
done
