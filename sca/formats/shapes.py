"""The shape of every kind of rule file, as pydantic models; editors get the same as JSON Schema."""

from enum import StrEnum
from typing import Annotated, Any, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, WithJsonSchema

from sca.advisory import Response, Then
from sca.errors import did_you_mean
from sca.formats.toml import Address, Sheet
from sca.language import FALLBACK, printable
from sca.levels import Severity
from sca.strict.warnings import WARNINGS


def _in_english(value: Any) -> Any:
    """Words without a language are English; made a table so that one shape is left to check."""
    return {FALLBACK: value} if isinstance(value, str) else value


def _says_something(value: Any) -> Any:
    if isinstance(value, str) and not printable(value):
        raise ValueError("must not be empty")
    return value


def _drives_nothing(value: Any) -> Any:
    if isinstance(value, str) and printable(value) != value:
        raise ValueError("must be an address without blanks and control characters")
    return value


def _warns(value: Any) -> Any:
    if isinstance(value, str) and value not in WARNINGS:
        raise ValueError(f"there is no warning {value!r}{did_you_mean(value, WARNINGS)}")
    return value


_TAG = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
_SAID: JsonSchemaValue = {"type": "string", "pattern": r"\S"}
_Tag = Annotated[str, Field(pattern=_TAG)]
_Words = Annotated[str, BeforeValidator(_says_something), WithJsonSchema(_SAID)]
_Id = Annotated[str, Field(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$")]
_Url = Annotated[str, Field(pattern=r"^https?://[^\s]+$"), BeforeValidator(_drives_nothing)]
_Warning = Annotated[
    str, BeforeValidator(_warns), WithJsonSchema({"type": "string", "enum": [*WARNINGS]})
]
_Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
_LocalText = Annotated[
    dict[_Tag, _Words],
    Field(min_length=1),
    BeforeValidator(_in_english),
    WithJsonSchema(
        {
            "description": "English words, or a table of BCP 47 languages (en, ru, kk, ...)",
            "anyOf": [
                _SAID,
                {
                    "type": "object",
                    "propertyNames": {"pattern": _TAG},
                    "additionalProperties": _SAID,
                    "minProperties": 1,
                },
            ],
        }
    ),
]
_Names = Annotated[
    dict[_Tag, list[_Words]],
    BeforeValidator(lambda value: {"und": value} if isinstance(value, list) else value),
    WithJsonSchema(
        {
            "description": "more names: a list, or a table of BCP 47 languages with a list each",
            "anyOf": [
                {"type": "array", "items": _SAID},
                {
                    "type": "object",
                    "propertyNames": {"pattern": _TAG},
                    "additionalProperties": {"type": "array", "items": _SAID},
                },
            ],
        }
    ),
]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class BulletinTable(_Table):
    """One official act; what is left out is inherited, place by place, from those before it."""

    issued: str = Field(description="when it was announced, such as 2024-07-01")
    level: str | None = Field(None, description='a level of the scheme, or "none" to cancel')
    places: list[_Words] | None = Field(
        None, min_length=1, description="where it holds, by name or id; left out, as before"
    )
    except_: list[_Words] = Field(
        default=[], alias="except", description="places inside those that it does not speak for"
    )
    onset: str | None = Field(None, description="from when it holds; left out, from when issued")
    expires: str | None = Field(None, description='through when, or "open": until further notice')
    duration: str | None = Field(None, description="instead of expires: P40D, PT6H")
    then: Annotated[Then | None, Field(strict=False)] = Field(
        None, description="what follows its end: before (what it replaced goes on), or none"
    )
    sources: list[_Url] = []
    notes: list[_LocalText] = []


class _Limited(_Table):
    """What bites only somewhere, or only sometimes."""

    levels: list[str] = Field(default=[], description="only at these levels")
    places: list[_Words] = Field(default=[], description="only there")
    settings: list[str] = Field(
        default=[], description="where it bites; left out, everywhere the advisory holds"
    )
    onset: str | None = Field(None, description="from when it bites")
    expires: str | None = Field(None, description="through when it bites")
    hours: str | None = Field(None, description="only between these hours, such as 23:00/07:00")
    recurs: str | None = Field(None, description="only on days such as FREQ=WEEKLY;BYDAY=SA,SU")


class MeasureTable(_Limited):
    """What the authorities do."""

    id: _Id
    text: _LocalText


class AdviceTable(_Limited):
    """What people are asked to do."""

    text: _LocalText
    response: Annotated[Response | None, Field(strict=False)] = Field(
        None, description="what kind of thing, in CAP's words"
    )
    audience: _LocalText | None = Field(None, description="whom it is for")


class ExampleTable(_Table):
    """A question with its right answer, judged against this file alone."""

    place: _Words
    when: str = Field(description="a time as the command line takes it, but not now")
    as_of: str | None = Field(None, description="judged by what was known then")
    expect: str = Field(description="a level of the scheme, or clear")
    measures: list[str] | None = Field(None, description="the ids of just those that apply")


class AllowTable(_Table):
    """A warning that does not hold here, so that it is not told."""

    lint: _Warning = Field(description="the name of the warning, as lint --strict tells it")
    why: _Words = Field(description="why what it warns of is meant")


class Confidence(StrEnum):
    """How sure it is that the authority declared it so."""

    CONFIRMED = "confirmed"
    REPORTED = "reported"


class Status(StrEnum):
    """CAP 1.2 status, those of its words that are of use here."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"


class AdvisoryFile(_Table):
    """One advisory: what an authority declared, act by act."""

    id: _Id
    title: _LocalText
    issuer: _LocalText
    scheme: str = Field(description="the id of the official scale")
    timezone: str = Field(
        description="the clock of the times in this file, an IANA zone; local: each place's own"
    )
    sources: list[_Url] = Field(min_length=1)
    settings: list[str] = Field(default=[], description="it holds in these settings only")
    confidence: Annotated[Confidence, Field(strict=False)] = Field(
        Confidence.CONFIRMED, description="reported: known from reports only"
    )
    status: Annotated[Status, Field(strict=False)] = Field(
        Status.ACTUAL, description="CAP's word; Exercise marks a drill"
    )
    bulletins: list[BulletinTable] = Field(min_length=1, description="in the order of issue")
    measures: list[MeasureTable] = []
    advice: list[AdviceTable] = []
    notes: list[_LocalText] = Field(
        default=[], description="conflicts between sources, and what was chosen and why"
    )
    examples: list[ExampleTable] = []
    allow: list[AllowTable] = Field(default=[], description="warnings that are not to be told")


class SeverityName(StrEnum):
    """CAP 1.2 severity."""

    Minor = Severity.Minor.name
    Moderate = Severity.Moderate.name
    Severe = Severity.Severe.name
    Extreme = Severity.Extreme.name
    Unknown = Severity.Unknown.name


class WordingTable(_Table):
    """The words that a level had in earlier times."""

    until: str = Field(description="the last day of them")
    name: _LocalText | None = None
    meaning: _LocalText | None = None


class LevelTable(_Table):
    """One step of the scale."""

    id: _Id
    name: _LocalText = Field(description="the official name")
    severity: Annotated[SeverityName, Field(strict=False)]
    colour: _Colour | None = Field(None, description="only where the authority gives it one")
    meaning: _LocalText | None = None
    advice: list[_LocalText] = []
    baseline: bool = Field(False, description="the ordinary state, which puts nothing in force")
    before: list[WordingTable] = Field(default=[], description="earlier words, the earliest first")


class SchemeFile(_Table):
    """An official scale of levels, from the lowest to the highest."""

    id: _Id
    title: _LocalText
    sources: list[_Url] = Field(min_length=1)
    longest: str | None = Field(None, description="how long a declaration may last: P15D")
    levels: list[LevelTable] = Field(min_length=1)


class SettingTable(_Table):
    """One kind of spot where a measure bites."""

    id: _Id
    text: _LocalText
    parent: str | None = Field(None, description="the setting that this is a kind of")


class SettingsFile(_Table):
    """The vocabulary of settings."""

    settings: list[SettingTable] = Field(min_length=1)


class PlaceTable(_Table):
    """More names for a known place, or a place of your own: by a coordinate, or inside another."""

    id: str = Field(
        pattern=r"^((geonames|iso):[A-Z0-9-]+|[a-z0-9]+([.-][a-z0-9]+)*)$",
        description="of a known place (geonames:1526384, iso:KZ-75), or a new one (our-office)",
    )
    name: _Words | None = Field(None, description="of a place of your own")
    names: _Names = Field(default={}, description="more names that it answers to")
    within: str | None = Field(None, description="the place it lies in, by name or id")
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    timezone: str | None = Field(None, description="its clock, where no city is near")
    shadows: bool = Field(False, description="it may take the name of a city of over 100,000")


class PlacesFile(_Table):
    """Places and their names."""

    places: list[PlaceTable] = Field(min_length=1)


class WatchTable(_Table):
    """Somebody's word that whatever a scheme declared there in that time is in the set."""

    scheme: str
    places: list[_Words] = Field(min_length=1)
    from_: str = Field(alias="from", description="the first day vouched for")
    until: str = Field(description="the day to which it was reviewed")
    max_age: str | None = Field(None, description="how long it may be relied on after that: P90D")
    source: _Words | None = Field(None, description="on what the word rests")
    notes: list[_LocalText] = []


class WatchesFile(_Table):
    """For what silence may be trusted."""

    watches: list[WatchTable] = Field(min_length=1)


class AcceptedTable(_Table):
    """A decision to live with an advisory."""

    advisory: str = Field(description="its id")
    places: list[_Words] = Field(min_length=1, description="where it is accepted, by name or id")
    level: str = Field(description="up to which level; whatever is graver counts")
    until: str = Field(description="through when, by the clock of the place asked about")
    reason: _LocalText = Field(description="why it can be lived with")
    by: _Words = Field(description="who decided so")


class AcceptedFile(_Table):
    """The advisories that do not count, as somebody has decided to live with them."""

    accepted: list[AcceptedTable] = Field(min_length=1)


FILES: dict[str, type[_Table]] = {
    "rule": AdvisoryFile,
    "scheme": SchemeFile,
    "settings": SettingsFile,
    "places": PlacesFile,
    "watches": WatchesFile,
    "accepted": AcceptedFile,
}


def schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of one kind of file."""
    return FILES[kind].model_json_schema(schema_generator=_WithoutNull)


def check(sheet: Sheet, model: type[_Table]) -> None:
    """Note everything in a file that does not have the shape of the model."""
    try:
        model.model_validate(sheet.data)
    except ValidationError as error:
        for found in error.errors(include_url=False, include_context=True):
            address = _as_written(sheet.data, found["loc"])
            sheet.wrong(_problem(dict(found), address, model), *address)


def _as_written(data: Any, loc: Address) -> Address:
    """The address without the steps that only the model has: a key's mark, a language put in."""
    address: list[str | int] = []
    for step in loc:
        if isinstance(step, str) and not isinstance(data, dict):
            continue
        if step == "[key]":
            continue
        address.append(step)
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            data = {}
    return tuple(address)


class _WithoutNull(GenerateJsonSchema):
    """TOML has no null: a key that may be left out is not one that may be null."""

    def nullable_schema(self, schema: Any) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        inner = super().default_schema(schema)
        if inner.get("default", ...) is None:
            del inner["default"]
        return inner


_NAMES = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "a table",
}
_WANTED = {
    "string_type": "must be text",
    "list_type": "must be a list",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "enum": "must be one of",
}
_PATTERNS = {
    "id": "must be lower-case letters, digits and hyphens, such as kz-2024-sco-summit",
    "sources": "must be an address that starts with https://",
    "colour": "must be red, green and blue as #rrggbb, in lower case",
}
_PLACE_ID = "must be geonames: or iso: and a code, or lower-case letters, digits and hyphens"


def _problem(found: dict[str, Any], address: Address, model: type[_Table]) -> str:
    kind, given = found["type"], found["input"]
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return f"is not a key here{did_you_mean(str(address[-1]), _keys(model, address[:-1]))}"
    if kind == "enum":
        return f"must be {found['ctx']['expected']}, not {given!r}"
    if kind == "dict_type" and address[-1] == "names":
        return f"must be a list or a table of languages, not {_given(given)}"
    if kind == "dict_type":
        return f"must be text or a table of languages, not {_given(given)}"
    if kind in _WANTED:
        return f"{_WANTED[kind]}, not {_given(given)}"
    if kind == "too_short":
        return "must not be empty"
    if kind == "value_error":
        return str(found["ctx"]["error"])
    if kind == "string_pattern_mismatch":
        named = [step for step in address if isinstance(step, str)]
        if named == ["places", "id"]:
            return _PLACE_ID
        return next((_PATTERNS[n] for n in reversed(named) if n in _PATTERNS), _not_a_tag(given))
    message = str(found["msg"])
    return message[:1].lower() + message[1:]


def _not_a_tag(given: object) -> str:
    return f"{given!r} is not a language tag such as en, ru or kk-Latn"


def _given(value: object) -> str:
    name = _NAMES.get(type(value))
    if name is not None:
        return name
    return f"a date outside quotes; write {str(value).replace(' ', 'T')!r}"


def _keys(model: type[_Table], address: Address) -> list[str]:
    """The keys that the table at an address may have."""
    table: Any = model
    for step in address:
        if isinstance(step, str):
            table = _inner(table.model_fields[step].annotation)
    return [field.alias or name for name, field in table.model_fields.items()]


def _inner(annotation: Any) -> Any:
    """The model inside `list[Model]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(found for arg in get_args(annotation) if (found := _inner(arg)))
