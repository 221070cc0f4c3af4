import os
from pathlib import Path

import yaml

file = Path("sweep.yaml")
sweep = yaml.safe_load(file.read_text())
choices = [f"model-{number}" for number in range(int(os.environ.get("COUNT", "1000")))]
sweep["spec"]["searchSpace"][0]["categorical"]["choices"] = choices
file.write_text(yaml.safe_dump(sweep))
