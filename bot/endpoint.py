"""Custom actions called in this process instead of over HTTP."""

from __future__ import annotations

from typing import Any

from jsonschema import ValidationError
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor


class InProcessActions(EndpointConfig):  # type: ignore[misc]
    """An action endpoint whose request awaits the executor."""

    def __init__(self, executor: ActionExecutor) -> None:
        # With a selective domain Rasa does not serialise the whole domain at every call.
        super().__init__(url="in-process", enable_selective_domain=True)
        self._executor = executor

    async def request(self, *_: Any, **call: Any) -> Any:
        """Run the action that Rasa calls for.

        :return: its events and responses.
        """
        return await self._executor.run(call["json"])


def compile_result_check() -> None:
    """Compile Rasa's check of action results once.

    ``RemoteAction`` builds and checks its own JSON schema anew at every call, which takes longer
    than everything else in a message; the compiled validator accepts and refuses the same results.
    """
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema)

    def check(_: RemoteAction, result: dict[str, Any]) -> bool:
        error: ValidationError | None = next(validator.iter_errors(result), None)
        if error is not None:
            raise error
        return True

    RemoteAction._validate_action_result = check
