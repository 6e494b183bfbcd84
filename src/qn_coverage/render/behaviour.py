"""The folium element that brings the page's own markup, data and scripts."""

from __future__ import annotations

from typing import Final

from folium.elements import JSCSSMixin
from folium.template import Template

from qn_coverage.render import vendored

DATA: Final = "@@qn-data@@"
"""Stands in the page where the data go."""

LICENCES: Final = "@@qn-licences@@"
"""Stands in the page where the licences of the vendored files go."""

_CLUSTER: Final = "leaflet.markercluster/"

_TEMPLATE: Final = (
    "{% macro html(this, kwargs) %}{{ this.markup }}"
    f'<script type="application/json" id="qn-data">{DATA}</script>'
    f'<script type="text/plain" id="qn-licences">{LICENCES}</script>'
    "{% endmacro %}"
    "{% macro script(this, kwargs) %}"
    "QN.start({{ this._parent.get_name() }}, { {% for key, name in this.images.items() %}"
    "{{ key }}: {{ name }}, {% endfor %} });"
    "{% endmacro %}"
)


class Behaviour(JSCSSMixin):
    """Our markup and scripts, to be added to a map after its images.

    Parameters
    ----------
    images
        Name of the script variable of each image, by the name that our scripts know.
    """

    _template = Template(_TEMPLATE)

    def __init__(self, images: dict[str, str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Behaviour"
        self.images = images
        self.markup = vendored.own_text("qn_map.html")
        self.default_js = [
            ("markercluster", vendored.address_of(_CLUSTER + "leaflet.markercluster.js")),
            *((name, vendored.OWN + name) for name in vendored.OWN_JS),
        ]
        self.default_css = [
            ("markercluster_css", vendored.address_of(_CLUSTER + "MarkerCluster.css")),
            *((name, vendored.OWN + name) for name in vendored.OWN_CSS),
        ]
