"""The one owner of Jinja2: templates that stand beside the room that fills them, and always escape."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, FileSystemLoader, PackageLoader, StrictUndefined

Templates = Environment


@cache
def environment(package: str) -> Environment:
    """The templates of `package` (its folder `templates/`): escaping on, a missing name is an error."""
    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def fill(package: str, name: str, values: Mapping[str, object]) -> str:
    """The template `name` of `package`, filled. Functions may stand among the values.

    Raises jinja2.TemplateError for a template that is wrong or a value that is missing: a fault of ours, never of data.
    """
    return environment(package).get_template(name).render(**values)


def folder_templates(folder: str) -> Templates:
    """The templates of a folder outside the package, such as those of the sample outlets; escaping as ever."""
    return Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
