"""The rules of `significance`: what each is called, and how much it weighs in a score."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject of policies whose words are listed in a lexicon."""

    title: str
    """As it begins a sentence."""
    weight: float
    """What a change of it adds to the score, alone."""


TOPICS: dict[str, Topic] = {
    "arbitration": Topic("Arbitration", 0.5),
    "class_waiver": Topic("Class actions", 0.5),
    "sale": Topic("Sale of data", 0.5),
    "ai_training": Topic("AI training", 0.5),
    "retention": Topic("Retention", 0.4),
    "recipient": Topic("Recipients", 0.35),
    "data": Topic("Kinds of data", 0.35),
    "liability": Topic("Liability", 0.35),
    "law": Topic("Governing law", 0.35),
    "purpose": Topic("Purposes", 0.3),
    "rights": Topic("Your rights", 0.3),
    "minors": Topic("Minors", 0.3),
    "transfer": Topic("International transfers", 0.3),
    "security": Topic("Security", 0.3),
    "payment": Topic("Payment", 0.25),
    "termination": Topic("Termination", 0.2),
    "contact": Topic("Contact", 0.1),
}
"""By the last part of the rule's name, the weightiest first."""

WEIGHTS = {
    "modal": 0.35,
    "negation": 0.4,
    "amount": 0.3,
    "period": 0.25,
    "number": 0.2,
    "entity": 0.25,
    "country": 0.3,
}
"""Of the rules that have no words of their own."""


def name(rule: str) -> str:
    """Return the whole name of a rule of this family."""
    return f"significance.{rule}"
