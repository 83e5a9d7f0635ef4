"""The OpenAPI 3.0.3 document, written from the declarations: clients can't read what FastAPI makes of it (3.1)."""

from collections.abc import Mapping
from typing import Any, Final

from api.ogc.documents import Document, Documents
from api.ogc.items import SOFTWARE
from api.ogc.links import GEOJSON, HTML, JSON, OPENAPI, SCHEMA
from api.ogc.openapi_routes import TAG, route_paths
from api.ogc.request import DEFAULT_LIMIT, MOST
from gis.layer import Field, FieldType, Layer, VersionField
from gis.text import LANGUAGES, Text

Schema = dict[str, Any]


def openapi(documents: Documents) -> Document:
    """Return the document, in the asker's language; it refers to nothing outside itself."""
    writer = _Writer(documents)
    return {
        "openapi": "3.0.3",
        "info": {**_info(documents), "version": SOFTWARE},
        "servers": [{"url": documents.address.base}],
        "tags": [{"name": name, "description": writer.told(text)} for name, text in _TAGS.items()],
        "paths": {**writer.paths(), **writer.collection_paths(), **route_paths(writer.told, _REFUSED)},
        "components": writer.components(),
    }


def _info(documents: Documents) -> Schema:
    landing = documents.landing()
    licence = {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"}
    return {"title": landing["title"], "description": landing["description"], "license": licence}


def resolved(document: Document, parameter: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a parameter, looked up among the components where it is only referred to."""
    reference = parameter.get("$ref")
    return document["components"]["parameters"][reference.rpartition("/")[2]] if reference else parameter


class _Writer:
    """Writes the parts of the document in one language."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def told(self, text: Text) -> str:
        return text.in_language(self._documents.language)

    def paths(self) -> Schema:
        return {
            path: {"get": self._operation(name, text, "capabilities", _COMMON, _answers(media, "document"))}
            for path, (name, text, media) in _DOCUMENTS.items()
        }

    def collection_paths(self) -> Schema:
        paths: Schema = {}
        for layer in self._documents.layers.values():
            base, name = f"/collections/{layer.name}", layer.name
            title = layer.title
            paths[base] = self._get(f"{name}.describe", title, _COMMON, JSON, "document")
            paths[f"{base}/schema"] = self._get(f"{name}.schema", title, _COMMON, SCHEMA, "document")
            paths[f"{base}/queryables"] = self._get(f"{name}.queryables", title, _COMMON, SCHEMA, "document")
            paths[f"{base}/items"] = {"get": self._items(layer)}
            paths[f"{base}/items/{{featureId}}"] = {"get": self._item(layer)}
            paths[f"{base}/items/{{featureId}}/versions"] = {"get": self._versions(layer)}
        return paths

    def components(self) -> Schema:
        return {
            "parameters": {name: self._parameter(name, *facts) for name, facts in _PARAMETERS.items()},
            "schemas": _SCHEMAS,
            "responses": {
                name: {"description": self.told(text), "content": {"application/problem+json": _reference("problem")}}
                for name, text in _REFUSALS.items()
            },
        }

    def _get(self, name: str, text: Text, parameters: tuple[str, ...], media: str, schema: str) -> Schema:
        return {"get": self._operation(name, text, "collections", parameters, _answers(media, schema))}

    def _operation(self, name: str, text: Text, tag: str, parameters: tuple[str, ...], answers: Schema) -> Schema:
        return {
            "tags": [tag],
            "operationId": name,
            "summary": self.told(text),
            "parameters": [{"$ref": f"#/components/parameters/{each}"} for each in parameters],
            "responses": {"200": {"description": "OK", "content": answers}, **_REFUSED},
        }

    def _items(self, layer: Layer) -> Schema:
        answers = _answers(GEOJSON, "featureCollection")
        operation = self._operation(f"{layer.name}.items", layer.description, "data", _ITEMS, answers)
        operation["parameters"] += [self._filter(f) for f in layer.properties if f.name not in _PARAMETERS]
        operation["responses"]["200"]["headers"] = _HEADERS
        operation["responses"]["304"] = {"description": "Not Modified"}
        return operation

    def _item(self, layer: Layer) -> Schema:
        answers = _answers(GEOJSON, "feature")
        operation = self._operation(f"{layer.name}.item", layer.description, "data", _ITEM, answers)
        operation["responses"]["200"]["headers"] = _HEADERS
        operation["responses"]["304"] = {"description": "Not Modified"}
        operation["responses"]["410"] = {"$ref": "#/components/responses/gone"}
        return operation

    def _versions(self, layer: Layer) -> Schema:
        parameters, answers = ("featureId", "recorded-at"), {JSON: _reference("document")}
        return self._operation(f"{layer.name}.versions", _VERSIONS, "data", parameters, answers)

    def _filter(self, declared: Field | VersionField) -> Schema:
        """Return the parameter that asks for one value of a property, in the words that QGIS looks for."""
        return {
            "name": declared.name,
            "in": "query",
            "required": False,
            "description": self.told(declared.title),
            "schema": _type(declared),
            "style": "form",
            "explode": False,
        }

    def _parameter(self, name: str, schema: Schema, text: Text) -> Schema:
        path = name == "featureId"
        parameter = {
            "name": name.removesuffix("-instant"),
            "in": "path" if path else "query",
            "required": path,
            "description": self.told(text),
        }
        form = {} if path else {"style": "form", "explode": False}
        return {**parameter, "schema": schema, **form}


def _type(declared: Field | VersionField) -> Schema:
    schema: Schema = {"type": declared.type.json}
    if declared.type is FieldType.INTEGER:
        schema["format"] = "int64"
    elif declared.type.json_format:
        schema["format"] = declared.type.json_format
    return {**schema, "enum": list(declared.values)} if declared.values else schema


def _reference(schema: str) -> Schema:
    return {"schema": {"$ref": f"#/components/schemas/{schema}"}}


def _answers(media: str, schema: str) -> Schema:
    return {media: _reference(schema), HTML: {"schema": {"type": "string"}}}


_COMMON: Final = ("f", "lang")
_ITEM: Final = ("featureId", "datetime-instant", "recorded-at", "draft", "crs", "f", "lang")
_ITEMS: Final = (
    "bbox", "bbox-crs", "datetime", "recorded-at", "draft", "limit", "offset", "cursor", "count", "crs", "f", "lang",
)  # fmt: skip
_REFUSED: Final = {
    "400": {"$ref": "#/components/responses/badRequest"},
    "404": {"$ref": "#/components/responses/notFound"},
    "503": {"$ref": "#/components/responses/unavailable"},
}
_HEADERS: Final = {name: {"schema": {"type": "string"}} for name in ("ETag", "Link", "Content-Crs")}

_SCHEMAS: Final[Schema] = {
    "document": {"type": "object"},
    "link": {
        "type": "object",
        "required": ["href", "rel"],
        "properties": {name: {"type": "string"} for name in ("href", "rel", "type", "title", "hreflang")},
    },
    "geometry": {
        "type": "object",
        "required": ["type", "coordinates"],
        "properties": {"type": {"type": "string"}, "coordinates": {"type": "array", "items": {}}},
    },
    "feature": {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "integer", "format": "int64"},
            "geometry": {"$ref": "#/components/schemas/geometry"},
            "properties": {"type": "object", "nullable": True},
            "links": {"type": "array", "items": {"$ref": "#/components/schemas/link"}},
        },
    },
    "featureCollection": {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": {"$ref": "#/components/schemas/feature"}},
            "numberMatched": {"type": "integer", "minimum": 0},
            "numberReturned": {"type": "integer", "minimum": 0},
            "links": {"type": "array", "items": {"$ref": "#/components/schemas/link"}},
        },
    },
    "problem": {
        "type": "object",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            "status": {"type": "integer"},
            **{name: {"type": "string"} for name in ("type", "title", "detail", "code")},
        },
    },
}

_TAGS: Final = {
    "capabilities": Text(kk="Қызметтің сипаттамасы", ru="Описание службы", en="What the service offers"),
    "collections": Text(kk="Қабаттардың сипаттамасы", ru="Описание слоёв", en="What the layers are"),
    "data": Text(kk="Нысандар", ru="Объекты", en="Features"),
    "routes": TAG,
}
_DOCUMENTS: Final = {
    "/": ("landing", Text(kk="Бастапқы бет", ru="Начальная страница", en="Landing page"), JSON),
    "/conformance": (
        "conformance",
        Text(kk="Стандарттарға сәйкестік", ru="Соответствие стандартам", en="Conformance"),
        JSON,
    ),
    "/collections": ("collections", Text(kk="Қабаттар", ru="Слои", en="Layers"), JSON),
    "/api": ("api", Text(kk="Осы сипаттама", ru="Это описание", en="This description"), OPENAPI),
}
_VERSIONS: Final = Text(kk="Нысанның барлық нұсқалары", ru="Все версии объекта", en="All versions of a feature")
_REFUSALS: Final = {
    "badRequest": Text(
        kk="Параметр немесе оның мәні қате", ru="Параметр или его значение неверны", en="A wrong parameter or value"
    ),
    "notFound": Text(kk="Ондай нәрсе ешқашан болмаған", ru="Такого никогда не было", en="There never was such a thing"),
    "gone": Text(
        kk="Нысан басқа уақытта бар; қайдан қарау керегі айтылған",
        ru="Объект есть в другое время; указано, где смотреть",
        en="The feature exists at another time; the answer says where to look",
    ),
    "unavailable": Text(
        kk="Дерекқор қазір жауап бермейді", ru="База данных сейчас не отвечает", en="The database does not answer now"
    ),
}

_STRING: Final[Schema] = {"type": "string"}
_PARAMETERS: Final[Mapping[str, tuple[Schema, Text]]] = {
    "bbox": (
        {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6},
        Text(
            kk="Шек: төменгі бұрыш, жоғарғы бұрыш; bbox-crs болмаса, бойлық пен ендік",
            ru="Рамка: нижний угол, верхний угол; без bbox-crs — долгота и широта",
            en="Box: lower corner, upper corner; longitude and latitude unless bbox-crs says otherwise",
        ),
    ),
    "bbox-crs": (
        {"type": "string", "format": "uri"},
        Text(kk="bbox координаттар жүйесі", ru="Система координат bbox", en="Coordinate reference system of bbox"),
    ),
    "crs": (
        {"type": "string", "format": "uri"},
        Text(kk="Жауаптың координаттар жүйесі", ru="Система координат ответа", en="Coordinate system of the answer"),
    ),
    "datetime": (
        _STRING,
        Text(
            kk="Заң бойынша уақыт: сәт, күн немесе аралық (../2021-01-01). Аралыққа әр нысанның ондағы соңғы нұсқасы",
            ru="Время по праву: момент, день или промежуток (../2021-01-01). Для промежутка — последняя в нём версия "
            "каждого объекта",
            en="Time in law: an instant, a day or an interval (../2021-01-01). For an interval, each feature's last "
            "version in it",
        ),
    ),
    "datetime-instant": (
        _STRING,
        Text(
            kk="Заң бойынша уақыт: сәт немесе күн",
            ru="Время по праву: момент или день",
            en="Time in law: an instant or a day",
        ),
    ),
    "recorded-at": (
        _STRING,
        Text(
            kk="Тізілім сол сәтте не білгені; әдепкіде соңғы өзгерістен кейін",
            ru="Что регистр знал в этот момент; по умолчанию — после последнего изменения",
            en="What the register knew at that moment; by default after its last change",
        ),
    ),
    "draft": (
        _STRING,
        Text(
            kk="Тізілімнің үстіне салынатын жоба: токенмен бірге атауы, не сілтемесі (атауы, нүкте, құпия сөз)",
            ru="Черновик, наложенный на регистр: его имя вместе с токеном или его ссылка (имя, точка, секрет)",
            en="A draft laid over the register: its name, with a token, or its link (name, dot, secret)",
        ),
    ),
    "limit": (
        {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_LIMIT},
        Text(
            kk="Жауаптағы нысандардың ең көп саны; 10 000-нан артығы бөліктеп жіберіледі",
            ru="Наибольшее число объектов в ответе; больше 10 000 посылается частями",
            en="The most features in the answer; more than 10 000 are sent in batches",
        ),
    ),
    "offset": (
        {"type": "integer", "minimum": 0, "maximum": MOST, "default": 0},
        Text(
            kk="Басынан қалдырылатын нысандар; next сілтемесі сенімдірек",
            ru="Сколько объектов пропустить; ссылка next надёжнее",
            en="Features to leave out; the link next is the better way",
        ),
    ),
    "cursor": (_STRING, Text(kk="next сілтемесінен", ru="Из ссылки next", en="From a link next")),
    "count": (
        {"type": "string", "enum": ["none", "exact"], "default": "none"},
        Text(
            kk="exact: барлық нысанды санау (numberMatched)",
            ru="exact: сосчитать все объекты (numberMatched)",
            en="exact: count all features (numberMatched)",
        ),
    ),
    "f": (
        {"type": "string", "enum": ["json", "geojson", "html"]},
        Text(kk="Жауаптың пішімі", ru="Формат ответа", en="Format of the answer"),
    ),
    "lang": (
        {"type": "string", "enum": list(LANGUAGES)},
        Text(kk="Жауаптың тілі", ru="Язык ответа", en="Language of the answer"),
    ),
    "featureId": (
        {"type": "integer", "format": "int64", "minimum": 0},
        Text(kk="Нысанның нөмірі", ru="Номер объекта", en="The feature's number"),
    ),
}
