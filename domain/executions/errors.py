from domain.errors import Conflict, NotFound


class ExecutionNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("Execution not found")


class TransitionRefused(Conflict):
    """The run is in a state from which this cannot happen; final states never change."""


class LeaseLost(Conflict):
    """The run belongs to somebody else by now, or is over: nothing was written."""

    def __init__(self) -> None:
        super().__init__("This worker no longer owns the run")
