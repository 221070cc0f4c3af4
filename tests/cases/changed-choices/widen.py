from pathlib import Path

import yaml

file = Path("sweep.yaml")
sweep = yaml.safe_load(file.read_text())
sweep["spec"]["searchSpace"][0]["categorical"]["choices"].append(3)
file.write_text(yaml.safe_dump(sweep))
