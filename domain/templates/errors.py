"""Refusals about templates."""

from domain.errors import Conflict, NotFound


class TemplateNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("Workflow template not found")


class NotFromTemplate(Conflict):
    """The workflow is there, so it is not a workflow that was not found."""

    code = "NOT_FROM_TEMPLATE"

    def __init__(self) -> None:
        super().__init__("The workflow was not made from a template")


class TemplateVersionGone(Conflict):
    """What the workflow was made from is not published any more: nothing can be compared."""

    code = "TEMPLATE_VERSION_GONE"

    def __init__(self) -> None:
        super().__init__("The version of the template that the workflow was made from is not known any more")


class NothingNewer(Conflict):
    code = "TEMPLATE_UP_TO_DATE"

    def __init__(self) -> None:
        super().__init__("The workflow is at the newest version of its template already")


class UnresolvedConflicts(Conflict):
    """Both sides changed the same thing, and nobody said which change counts."""

    code = "UNRESOLVED_CONFLICTS"

    def __init__(self, ids: list[str]) -> None:
        super().__init__(f"Choose mine or theirs for each conflict: {', '.join(ids)}")
