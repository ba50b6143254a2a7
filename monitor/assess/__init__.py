"""What a change means: how it was announced, when it takes effect, which of its words matter.

Pure and explainable: every finding names its rule and the words it rests on. Rules about words are
data, one file a language, in `lexicon/`.
"""

from monitor.assess.assessment import assess, assess_first
from monitor.assess.interval import Interval
from monitor.assess.vocabulary import Vocabulary, shipped

__all__ = ["Interval", "Vocabulary", "assess", "assess_first", "shipped"]
