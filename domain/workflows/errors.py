from collections.abc import Sequence

from domain.errors import Conflict, Fault, Invalid, NotFound, Outdated


class BrokenGraph(Invalid):
    """The structure of a graph is not whole; `faults` says where."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("Invalid input", faults)


class WorkflowNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("Workflow not found")


class WorkflowChangedMeanwhile(Conflict):
    def __init__(self) -> None:
        super().__init__("The workflow was changed meanwhile; load it again")


class RemembersEnough(Conflict):
    def __init__(self, most: int) -> None:
        super().__init__(f"The workflow already remembers {most} keys; that is the most")


class WorkflowIsNewer(Outdated):
    """Only for callers who said which revision they mean."""

    def __init__(self) -> None:
        super().__init__("The workflow was changed since you loaded it: load it again and repeat your change")
