"""The records of the store that the pages show, under one name for the drivers, which do not import the store."""

from pipeline.storage.alerts import SavedAlert
from pipeline.storage.articles import ArticleRow, VersionRow
from pipeline.storage.desk import StoryLine
from pipeline.storage.findings import Filter, SavedFinding
from pipeline.storage.people import Change as LogLine

__all__ = ["ArticleRow", "Filter", "LogLine", "SavedAlert", "SavedFinding", "StoryLine", "VersionRow"]
