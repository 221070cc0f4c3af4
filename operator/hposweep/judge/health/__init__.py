"""What is worth a look while a sweep runs: one file per rule or small family, `findings` asks them all. Pure."""
