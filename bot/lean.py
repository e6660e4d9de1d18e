"""Rasa without the parts that this assistant does not use.

Importing ``rasa.core.agent`` brings every component and channel that Rasa ships, and with them
TensorFlow, matplotlib, boto3, the kits of Slack, Telegram and Twilio: three seconds, 400 MB of memory
and gigabytes on the disk, for classes that ``config.yml`` does not name.  :func:`load_rasa` imports
Rasa with a placeholder where such a module would be.  A placeholder has exactly the names that the
rest of Rasa asks for, and says what is missing when one is used.

The commands of Rasa itself (``rasa train``, ``rasa test``, ``rasa shell``) never come here and see
the whole of Rasa.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from threading import Lock
from types import ModuleType
from typing import Any

import yaml

from bot.errors import ModelError
from knowledge.placeholders import attach, replaced
from settings import ROOT, quiet_libraries

CONFIG = ROOT / "config.yml"

# Modules of Rasa that define components, and the names that other modules import from them.
COMPONENTS: dict[str, tuple[str, ...]] = {
    "rasa.core.policies.ted_policy": ("TEDPolicy",),
    "rasa.core.policies.unexpected_intent_policy": ("UnexpecTEDIntentPolicy",),
    "rasa.nlu.classifiers.diet_classifier": ("DIETClassifier",),
    "rasa.nlu.classifiers.logistic_regression_classifier": ("LogisticRegressionClassifier",),
    "rasa.nlu.extractors.crf_entity_extractor": (
        "CRFEntityExtractor",
        "CRFEntityExtractorOptions",
    ),
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer": ("ConveRTFeaturizer",),
    "rasa.nlu.featurizers.dense_featurizer.lm_featurizer": ("LanguageModelFeaturizer",),
    "rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer": ("CountVectorsFeaturizer",),
    "rasa.nlu.selectors.response_selector": ("ResponseSelector",),
}
# What those modules calculate and draw with.
_TOOLS: dict[str, tuple[str, ...]] = {
    "rasa.utils.plotting": (),
    "rasa.utils.tensorflow.model_data": ("ragged_array_to_ndarray",),
    "rasa.utils.tensorflow.model_data_utils": (),
    "rasa.utils.train_utils": (),
}
# The channels of others; people reach this assistant through its own.
CHANNELS: dict[str, tuple[str, ...]] = {
    f"rasa.core.channels.{module}": (name,)
    for module, name in (
        ("botframework", "BotFrameworkInput"),
        ("console", "CmdlineInput"),
        ("facebook", "FacebookInput"),
        ("hangouts", "HangoutsInput"),
        ("mattermost", "MattermostInput"),
        ("rocketchat", "RocketChatInput"),
        ("slack", "SlackInput"),
        ("socketio", "SocketIOInput"),
        ("telegram", "TelegramInput"),
        ("twilio", "TwilioInput"),
        ("twilio_voice", "TwilioVoiceInput"),
        ("webexteams", "WebexTeamsInput"),
    )
}
# Libraries of tracker stores and brokers that this assistant does not open, of Rasa's own server, its
# statistics of use, its timed reminders, and parts that only some users of a library need.  Their
# placeholders are there only while Rasa is imported; afterwards the library can be imported if it is installed.
LIBRARIES: dict[str, tuple[str, ...]] = {
    "aiormq": (),
    "apscheduler.schedulers.asyncio": ("AsyncIOScheduler",),
    "boto3.dynamodb.conditions": ("Key",),
    "jwt": (),
    "jwt.exceptions": (),
    "pkg_resources": (),
    "portalocker.redis": ("RedisLock",),
    "pymongo.collection": ("Collection",),
    "requests": (),
    "sanic": ("Blueprint", "Sanic", "response"),
    "sanic.exceptions": ("SanicException",),
    "sanic.request": ("Request",),
    "sanic.response": ("HTTPResponse", "ResponseStream"),
    "scipy.sparse.csgraph": (),
}
# With these imported, everything that loading, training and answering import later is decided.
_ROOTS = (
    "rasa.core.agent",
    "rasa.engine.recipes.default_components",
    "rasa.graph_components.validators.default_recipe_validator",
    "rasa.model_training",
)
_lock = Lock()


def load_rasa() -> None:
    """Import Rasa as far as loading, training and answering need it; harmless when repeated.

    Components that ``config.yml`` names are imported as they are.

    :raises ModelError: it names one of Rasa's own that needs a library which is not installed.
    """
    quiet_libraries()
    parts = {**CHANNELS}
    if named := unusual(CONFIG.read_text(encoding="utf-8")):
        _check_installed(named)
    else:
        parts |= COMPONENTS | _TOOLS
    with (
        _lock,
        replaced(parts, _missing, lasting=True),
        replaced(LIBRARIES, _missing, lasting=False),
    ):
        with quietly():
            for name in _ROOTS:
                importlib.import_module(name)
        for name in parts:
            attach(name)
        _look_up_versions_later()


class _WhenUsed(ModuleType):
    """A module that is imported when something of it is asked for."""

    def __getattr__(self, item: str) -> Any:
        if item.startswith("__"):
            raise AttributeError(item)
        return getattr(importlib.import_module(self.__name__), item)


def _look_up_versions_later() -> None:
    """Have Rasa read which packages are installed when it trains, which is all that it does with them."""
    from rasa.engine.training import fingerprinting

    fingerprinting.pkg_resources = _WhenUsed("pkg_resources")


@contextmanager
def quietly() -> Iterator[None]:
    """Leave out what Rasa and its libraries warn of while they load; nobody here can mend it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def unusual(config: str) -> list[str]:
    """The components of a Rasa configuration that are placeholders otherwise.

    :param config: the text of the file.
    """
    content = yaml.safe_load(config) or {}
    chosen = {
        str(row.get("name", "")).rsplit(".", 1)[-1]
        for part in ("pipeline", "policies")
        for row in content.get(part) or ()
    }
    return sorted(chosen.intersection(name for names in COMPONENTS.values() for name in names))


def _check_installed(components: Iterable[str]) -> None:
    if find_spec("tensorflow") is None:
        raise ModelError(
            f"config.yml 用了 Rasa 的 {'、'.join(components)}，它们要的库没有装；请先运行 make dev"
        )


def _missing(what: str) -> ModelError:
    return ModelError(
        f"{what} 没有载入：护航只载入 config.yml 用到的 Rasa；要用它请写进 config.yml 并运行 make dev"
    )
