"""`validate.py <file>`: faults of JSON values by a JSON Schema of draft 2020-12, both in the file, on standard output."""

import json
import sys

from jsonschema import Draft202012Validator

with open(sys.argv[1]) as file:
    given = json.load(file)
Draft202012Validator.check_schema(given["schema"])
validator = Draft202012Validator(given["schema"])
json.dump(
    [[f"{fault.json_path}: {fault.validator}" for fault in validator.iter_errors(value)] for value in given["values"]],
    sys.stdout,
)
