def objective(trial):
    raise RuntimeError(
        "DataLoader worker (pid 4242) is killed by signal: Bus error. It is possible that dataloader's workers are "
        "out of shared memory. Please try to raise your shared memory limit."
    )


def no_space(trial):
    raise RuntimeError("unable to open shared memory object </torch_12_34> in read-write mode: No space left on device")
