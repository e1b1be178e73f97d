"""Is this place under an official security advisory at this time?

>>> import sca
>>> verdict = sca.check("Almaty", "2024-07-03T14:00", rules=sca.load())
>>> verdict.answer.value, verdict.level.id
('in force', 'yellow')
>>> [measure.item.id for finding in verdict.findings for measure in finding.measures]
['movement', 'patrols', 'inspection']

The names below are resolved on first use, so that importing one part of the package does not
import all of it.
"""

# As typing has it, whose import would be half of what a quick answer costs.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from sca.answering import check as check
    from sca.errors import (
        AmbiguousPlace as AmbiguousPlace,
        BrokenRules as BrokenRules,
        InvalidTime as InvalidTime,
        ScaError as ScaError,
        UnknownLevel as UnknownLevel,
        UnknownPlace as UnknownPlace,
        UnknownScheme as UnknownScheme,
        UnknownSetting as UnknownSetting,
    )
    from sca.evaluate import Answer as Answer, Verdict as Verdict
    from sca.reading import load as load
    from sca.ruleset import RuleSet as RuleSet

__version__ = "0.1.0"

_HOMES = {
    "check": "sca.answering",
    "load": "sca.reading",
    "RuleSet": "sca.ruleset",
    "Answer": "sca.evaluate",
    "Verdict": "sca.evaluate",
    "ScaError": "sca.errors",
    "AmbiguousPlace": "sca.errors",
    "BrokenRules": "sca.errors",
    "InvalidTime": "sca.errors",
    "UnknownLevel": "sca.errors",
    "UnknownPlace": "sca.errors",
    "UnknownScheme": "sca.errors",
    "UnknownSetting": "sca.errors",
}

__all__ = [*_HOMES]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'sca' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
