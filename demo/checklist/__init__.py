"""`make checklist`: run `examples/checklist-fixed`, and show what the run has for each line of `docs/checklist.md`."""
