"""Run by a Python that has QGIS: open a project, draw it, tell what was seen as JSON."""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (
    QgsApplication,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsProject,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize


def draw(layers, project, path):
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(project.crs())
    settings.setOutputSize(QSize(600, 400))
    settings.setExtent(project.mapLayer("qn_coverage_margin_after_db").extent())
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(str(path))


def labels(layer):
    renderer = layer.renderer()
    entries = renderer.categories() if hasattr(renderer, "categories") else renderer.ranges()
    return [entry.label() for entry in entries]


def main(path, pictures):
    app = QgsApplication([], False)  # noqa: FBT003
    app.initQgis()
    project = QgsProject.instance()
    said = {"read": project.read(str(path)), "crs": project.crs().authid()}
    said["layers"] = {key: layer.isValid() for key, layer in project.mapLayers().items()}
    tree = project.layerTreeRoot().findLayers()
    draw([n.layer() for n in tree if n.isVisible()], project, pictures / "map.png")
    draw([project.mapLayer("qn_coverage_margin_after_db")], project, pictures / "raster.png")
    said["styles"] = {
        name: labels(QgsVectorLayer(f"{path.parent}/gaps.gpkg|layername={name}", name, "ogr"))
        for name in ("villages", "communes")
    }
    print(json.dumps(said))  # noqa: T201


main(Path(sys.argv[1]), Path(sys.argv[2]))
