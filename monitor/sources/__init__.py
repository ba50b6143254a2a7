"""The configuration: which policies are watched, how, and who is told."""

from monitor.sources.add import add_source, add_sources, to_toml
from monitor.sources.kinds import Guess, guess, suggest_id, title
from monitor.sources.load import Configuration, load, load_sources, parse
from monitor.sources.schema import json_schema

__all__ = [
    "Configuration",
    "Guess",
    "add_source",
    "add_sources",
    "guess",
    "json_schema",
    "load",
    "load_sources",
    "parse",
    "suggest_id",
    "title",
    "to_toml",
]
