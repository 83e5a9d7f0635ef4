"""QGIS as a client, run by the system's own interpreter: reads a JSON list of layers, prints what it sees of each."""

import json
import sys

from qgis.core import QgsApplication, QgsFeatureRequest, QgsVectorLayer
from qgis.PyQt.QtCore import QVariant


def seen(provider: str, uri: str, label: str) -> dict[str, object]:
    """Return what QGIS sees of one layer; ``label`` names the field that features are ordered by."""
    layer = QgsVectorLayer(uri, "layer", provider)
    if not layer.isValid():
        return {"valid": False, "error": layer.dataProvider().error().summary() if layer.dataProvider() else "?"}
    features = list(layer.getFeatures(QgsFeatureRequest()))
    if label:
        features.sort(key=lambda feature: str(feature[label]))
    return {
        "valid": True,
        "count": len(features),
        "fields": {field.name(): QVariant.typeToName(field.type()) for field in layer.fields()},
        "crs": layer.crs().authid(),
        "geometry": [feature.geometry().asWkt(9) for feature in features],
        "values": [str(feature[label]) for feature in features] if label else [],
    }


def main() -> None:
    """Start QGIS without a screen and look."""
    application = QgsApplication([], False)
    application.initQgis()
    json.dump([seen(*asked) for asked in json.load(sys.stdin)], sys.stdout)
    sys.stdout.flush()
    application.exitQgis()


if __name__ == "__main__":
    main()
