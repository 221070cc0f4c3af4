import json
import os
from pathlib import Path

values = json.loads(Path(os.environ["HPO_PARAMS_FILE"]).read_text())
assert os.environ["HPO_PARAM_MODEL_NAME"] == values["model/name"]
assert float(os.environ["HPO_PARAM_OPTIMIZER_LR"]) == values["optimizer.lr"]
Path(os.environ["HPO_RESULT_FILE"]).write_text(
    json.dumps({"value": values["optimizer.lr"], "attributes": {"received": values}})
)
