"""All templates in all their versions."""

from collections.abc import Sequence

from domain.templates.errors import TemplateNotFound, TemplateVersionGone
from domain.templates.template import Template


class Templates:
    """In the order in which they were published: a later version takes the place of the first one in lists."""

    def __init__(self, published: Sequence[Template]) -> None:
        self._versions: dict[str, dict[int, Template]] = {}
        for each in published:
            self._versions.setdefault(each.id, {})[each.version] = each

    def newest(self) -> list[Template]:
        """The newest version of each."""
        return [self.get(template_id) for template_id in self._versions]

    def get(self, template_id: str) -> Template:
        """The newest version. Raise TemplateNotFound."""
        versions = self._versions.get(template_id)
        if versions is None:
            raise TemplateNotFound
        return versions[max(versions)]

    def version(self, template_id: str, version: int) -> Template:
        """Raise TemplateVersionGone for what is not published (any more)."""
        found = self._versions.get(template_id, {}).get(version)
        if found is None:
            raise TemplateVersionGone
        return found
