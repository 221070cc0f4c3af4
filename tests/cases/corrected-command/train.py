import sys

print(f"loss={float(sys.argv[2])}")
