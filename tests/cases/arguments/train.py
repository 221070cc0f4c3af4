import argparse
import json

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--encoder")
parser.add_argument("--epochs", type=int)
arguments = parser.parse_args()
print("epoch 1")
print(json.dumps({"value": arguments.lr, "attributes": vars(arguments)}))
