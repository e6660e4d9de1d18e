"""What the bot can do: an act a module, the arithmetic beside it in modules without Rasa."""

from knowledge.placeholders import replaced as _replaced


def _missing(what: str) -> RuntimeError:
    return RuntimeError(f"{what} is not loaded: actions are called in this process, not served")


# Through its plugins rasa_sdk would bring a web server that nobody here starts.
with _replaced({"rasa_sdk.plugin": ()}, _missing, lasting=True):
    pass
