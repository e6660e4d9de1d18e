"""What the bot can do: an act a module, the arithmetic beside it in modules without Rasa."""

from knowledge.placeholders import replaced as _replaced


def _sdk() -> None:
    """Import rasa_sdk without the web server that it would bring: actions are called in this process."""

    def missing(what: str) -> RuntimeError:
        return RuntimeError(f"{what} is not loaded: import it before the actions")

    with _replaced({"sanic": ("Sanic",)}, missing, lasting=False):
        import rasa_sdk  # noqa: F401


_sdk()
