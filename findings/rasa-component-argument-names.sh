#!/usr/bin/env bash
# Rasa names the inputs of a component after the arguments of its methods, unused ones too.
#
# One expects: an argument that train() of a graph component does not use may be called anything, such as
#   _training_data, as linters advise: the framework passes it by its place or by its type.
# What happens: the name of each argument is the name under which the graph looks for its input.  With
#   _training_data training ends before it begins with a GraphSchemaValidationException about a node
#   "_training_data_provider" that nobody wrote; with training_data, in the same class, it trains.
# Versions: rasa 3.6.21; Python 3.10 (PYTHON names one, python3.10 where it is not set).  Seen on 2026-11-30.
# Why it matters here: the message names neither the component nor the argument, and the linter's fix brings it about.
#   The components of bot/components keep Rasa's names for arguments, used or not.
#
# Exit status: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3.10}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check rasa==3.6.21
cd "$work"
for name in training_data _training_data; do
  mkdir "$name"
  cat > "$name/silent.py" <<PY
from __future__ import annotations

from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Silent(IntentClassifier, GraphComponent):
    def __init__(self, resource: Resource) -> None:
        self.resource = resource

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Silent:
        return cls(resource)

    def train(self, $name: TrainingData) -> Resource:
        return self.resource

    def process(self, messages: List[Message]) -> List[Message]:
        return messages
PY
  cat > "$name/config.yml" <<'YML'
recipe: default.v1
language: en
pipeline:
- name: WhitespaceTokenizer
- name: silent.Silent
YML
  cat > "$name/nlu.yml" <<'YML'
version: "3.1"
nlu:
- intent: greet
  examples: |
    - hello
    - good morning
- intent: bye
  examples: |
    - goodbye
    - see you later
YML
done
cat > probe.py <<'PROBE'
import os
import sys
import warnings
from importlib.metadata import version

warnings.simplefilter("ignore")
os.chdir(sys.argv[1])
sys.path.insert(0, ".")
from rasa.model_training import train_nlu

try:
    said = "trained" if train_nlu("config.yml", "nlu.yml", "models") else "nothing"
except Exception as error:
    said = f"{type(error).__name__}: {error}"
print("RASA", version("rasa"), sys.argv[1], "->", said.splitlines()[0])
PROBE
seen=""
for name in training_data _training_data; do
  line=$(TF_CPP_MIN_LOG_LEVEL=3 SQLALCHEMY_SILENCE_UBER_WARNING=1 "$work/venv/bin/python" probe.py "$name" 2>/dev/null | grep '^RASA' || true)
  echo "$line"
  seen+="$line;"
done
case "$seen" in
  *" training_data -> trained;"*"_training_data -> GraphSchemaValidationException"*"_training_data_provider"*) echo "as described" ;;
  *) echo "changed"; exit 1 ;;
esac
