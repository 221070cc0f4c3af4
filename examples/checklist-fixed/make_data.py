"""Write the data of the example: images, labels, centroids and a list of checksums. The same on every machine.

On a cluster an init container runs it in each pod. On your machine, run it once: `python make_data.py`.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import tempfile
from pathlib import Path

DATA = Path("/tmp/hposweep-checklist")  # noqa: S108  # as in sweep.yaml; a pod's own volume on a cluster
FILES, FILE_BYTES = 20, 512 << 10  # 10 MB, so that the speed of reading can be measured
CLASSES = ("circle", "square", "cross")


def write(folder: Path) -> None:
    """Write all files; the checksums last."""
    source = random.Random(3)
    (folder / "images").mkdir()
    labels = {}
    for number in range(FILES):
        name = f"{number:03d}.bin"
        (folder / "images" / name).write_bytes(source.randbytes(FILE_BYTES))
        labels[name] = CLASSES[number % len(CLASSES)]
    centroids = {kind: [round(source.random(), 6) for _ in range(8)] for kind in CLASSES}
    (folder / "labels.json").write_text(json.dumps(labels, indent=1) + "\n")
    (folder / "centroids.json").write_text(json.dumps(centroids, indent=1) + "\n")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(lines))


def main(data: Path = DATA) -> None:
    """Write the folder in one step, so that no reader sees half of it; an existing one is kept."""
    draft = Path(tempfile.mkdtemp(prefix=f"{data.name}-", dir=data.parent))
    try:
        write(draft)
        draft.chmod(0o755)
        if not data.exists():
            os.rename(draft, data)  # noqa: PTH104  # Path.rename would say the same
    except FileExistsError:
        pass  # another run was faster, with the same files
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    print(f"{data}: {FILES} images, labels, centroids and their checksums")


if __name__ == "__main__":
    main()
