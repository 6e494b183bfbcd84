/* What lies on the map: units, gaps, sites, villages, places and names. */
(function (QN) {
  'use strict';
  const { text, el } = QN;
  const SCALE = 1e5;
  const HALO_FROM_M = 200;

  /* Whole-number rings of a shape back to [lat, lng] pairs. */
  function latLngs(shape) {
    return shape.map((polygon) => polygon.map((ring) => {
      const out = [];
      let x = 0;
      let y = 0;
      for (let i = 0; i < ring.length; i += 2) {
        x += ring[i];
        y += ring[i + 1];
        out.push([y / SCALE, x / SCALE]);
      }
      return out;
    }));
  }

  function popupOptions() {
    const narrow = window.innerWidth < 640;
    return {
      maxWidth: narrow ? 290 : 360, minWidth: narrow ? 230 : 270,
      maxHeight: Math.max(200, Math.min(600, window.innerHeight - (narrow ? 285 : 120))),
      // Clear of the legend in the corner.
      autoPanPaddingTopLeft: narrow ? [10, 10] : [QN.legendWidth(), 14],
      autoPanPaddingBottomRight: narrow ? [10, 30] : [56, 30],
    };
  }

  function bind(layer, content) {
    const fresh = () => {
      Object.assign(layer.getPopup().options, popupOptions());
      return content();
    };
    return layer.bindPopup(fresh, popupOptions());
  }

  /* Size of a village's sign in pixels: small where the whole province is in view. */
  QN.near = (zoom) => (zoom < 8.8 ? 9 : zoom < 10.4 ? 13 : 19);

  /* Units of one level: {group, items, paint(style)}. */
  function units(data, level) {
    const table = data.units[level];
    const items = table.shape.map((shape, i) => {
      const item = L.polygon(latLngs(shape), { smoothFactor: 0.6 });
      item.on('mouseover', () => item.setStyle({ weight: 2.4, color: '#1f2a33' }).bringToFront());
      item.on('mouseout', () => { item.setStyle(item.qnStyle); QN.raise(); });
      return bind(item, () => QN.popups.unit(data, level, i));
    });
    return {
      group: L.featureGroup(items), items,
      paint(styleOf) {
        items.forEach((item, i) => { item.qnStyle = styleOf(i); item.setStyle(item.qnStyle); });
      },
    };
  }

  function gaps(data) {
    const fill = QN.symbols.hatch(data.colours.gap);
    const items = data.gaps.shape.map((shape, i) => bind(
      L.polygon(latLngs(shape), {
        color: data.colours.gap, weight: 1.1, fillColor: fill, fillOpacity: 0.9, smoothFactor: 0.6,
      }), () => QN.popups.gap(data, i)));
    return { group: L.featureGroup(items), items };
  }

  /* Dashed circle of a position's uncertainty while its popup is open. */
  function withHalo(marker, map, radius) {
    if (!radius || radius < HALO_FROM_M) { return marker; }
    let halo = null;
    marker.on('popupopen', () => {
      halo = L.circle(marker.getLatLng(), {
        radius, pane: 'qn-halo', renderer: QN.haloRenderer, interactive: false,
        color: '#1f2a33', weight: 1.6, dashArray: '5 4', fillColor: '#1f2a33', fillOpacity: 0.07,
      }).addTo(map);
    });
    marker.on('popupclose', () => { if (halo) { halo.remove(); halo = null; } });
    return marker;
  }

  function icon(drawing, size, name) {
    return L.divIcon({
      html: drawing, className: 'qn-icon ' + name, iconSize: [size, size],
      iconAnchor: [size / 2, size / 2], popupAnchor: [0, -size / 3],
    });
  }

  function villages(data, map) {
    const v = data.villages;
    const items = v.name.map((name, i) => withHalo(bind(
      L.marker([v.y[i], v.x[i]], { title: name, riseOnHover: true }),
      () => QN.popups.village(data, i)), map, v.r && v.r[i]));
    const group = L.layerGroup();
    return {
      group, items,
      paint(classes, hidden) {
        const base = QN.near(map.getZoom());
        items.forEach((item, i) => {
          const found = classes[i];
          const size = base + (found === 'covered' ? 0 : 2);
          item.setIcon(icon(QN.symbols.class(found, size), size, 'qn-village'));
          // What needs a look lies on top, what is well lies below the groups of sites.
          item.setZIndexOffset(found === 'covered' ? -1000 : 500);
          const wanted = !hidden.has(found);
          if (wanted !== group.hasLayer(item)) { group[wanted ? 'addLayer' : 'removeLayer'](item); }
        });
      },
    };
  }

  function measurements(data) {
    const m = data.measurements;
    const items = m.rank.map((rank, i) => bind(L.marker([m.y[i], m.x[i]], {
      title: QN.text.t('measure.title', { rank }), zIndexOffset: 3000 - rank,
      icon: icon(QN.symbols.measurement(rank, 26), 26, 'qn-measure'),
    }), () => QN.popups.measurement(data, i)));
    return { group: L.layerGroup(items), items };
  }

  /* Places by name; points that serve for reference only appear when one comes near. */
  function places(data, map) {
    const p = data.places;
    const items = p.name.map((name, i) => {
      const kind = QN.placeKind(i);
      const size = kind === 'control_point' ? 15 : 20;
      return withHalo(bind(L.marker([p.y[i], p.x[i]], {
        title: name, icon: icon(QN.symbols.place(kind, size), size, 'qn-place'),
        zIndexOffset: kind === 'control_point' ? -500 : 2000,
      }), () => QN.popups.place(data, i)), map, p.r && p.r[i]);
    });
    const group = L.layerGroup();
    return {
      group, items,
      paint() {
        const near = map.getZoom() >= QN.REFERENCE_FROM;
        items.forEach((item, i) => {
          const wanted = near || QN.placeKind(i) !== 'control_point';
          if (wanted !== group.hasLayer(item)) { group[wanted ? 'addLayer' : 'removeLayer'](item); }
        });
      },
    };
  }

  /* Sites in one cluster group; each ring shows what its sites are, by the chosen kind. */
  function sites(data, map) {
    const s = data.sites;
    const group = L.markerClusterGroup({
      showCoverageOnHover: false, maxClusterRadius: 56, disableClusteringAtZoom: 14,
      chunkedLoading: false, spiderfyOnMaxZoom: false,
      iconCreateFunction: (cluster) => clusterIcon(cluster.getAllChildMarkers()),
    });
    let colourOf = () => '#888';
    const items = s.id.map((id, i) => {
      const item = withHalo(bind(L.marker([s.y[i], s.x[i]], {
        title: (s.name && s.name[i]) || id, riseOnHover: true,
      }), () => QN.popups.site(data, i)), map, s.r && s.r[i]);
      item.qnSite = i;
      return item;
    });

    function clusterIcon(members) {
      const counts = new Map();
      members.forEach((member) => {
        const colour = colourOf(member.qnSite);
        counts.set(colour, (counts.get(colour) || 0) + 1);
      });
      const ordered = [...counts].sort((a, b) => (a[0] < b[0] ? -1 : 1));
      const size = members.length < 10 ? 32 : members.length < 100 ? 38 : 46;
      return icon(QN.symbols.cluster(ordered, size), size, 'qn-cluster');
    }

    return {
      group, items,
      paint(colour, shown) {
        colourOf = colour;
        group.clearLayers();
        const chosen = items.filter((item) => shown(item.qnSite));
        chosen.forEach((item) =>
          item.setIcon(icon(QN.symbols.site(colour(item.qnSite), 18), 18, 'qn-site')));
        group.addLayers(chosen);
      },
    };
  }

  /* Names where there is room: the weightiest first, none on top of another. */
  function names(map, entries) {
    const pane = map.getPane('qn-names');
    const pen = document.createElement('canvas').getContext('2d');
    const ordered = entries.slice().sort((a, b) => b.weight - a.weight);
    let on = true;

    /* Boxes a name may take, the best first: on the spot, or around a marker. */
    function boxes(entry, point) {
      pen.font = (entry.strong ? '600 13px ' : '500 12px ') + QN.font;
      const lines = entry.text.split('\n');
      const width = Math.max(...lines.map((line) => pen.measureText(line).width)) + 8;
      const half = 8 * lines.length;
      const at = (x, y) => ({ left: point.x + x, right: point.x + x + width, top: point.y + y - half, bottom: point.y + y + half });
      if (!entry.marker) { return [at(-width / 2, 0)]; }
      return [at(-width / 2, 11 + half), at(13, 0), at(-13 - width, 0), at(-width / 2, -11 - half)];
    }
    function apart(a, b) {
      return a.right < b.left || a.left > b.right || a.bottom < b.top || a.top > b.bottom;
    }
    function inside(b, frame) { return b.left >= frame.left && b.right <= frame.right; }
    function frame() {
      const corner = map.containerPointToLayerPoint([0, 0]);
      return { left: corner.x, right: corner.x + map.getSize().x };
    }
    function label(entry, b) {
      const node = el('span', { class: 'qn-name' + (entry.strong ? ' qn-name-strong' : '') }, entry.text);
      L.DomUtil.setPosition(node, L.point(b.left + 4, b.top).round());
      return node;
    }
    function draw() {
      pane.replaceChildren();
      if (!on) { return; }
      const zoom = map.getZoom();
      const view = map.getBounds().pad(0.3);
      const seen = ordered.filter((entry) => zoom >= (entry.from || 0) && view.contains(entry.at))
        .map((entry) => ({ entry, point: map.latLngToLayerPoint(entry.at) }));
      const taken = seen.filter(({ entry }) => entry.marker).map(({ point }) => (
        { left: point.x - 10, right: point.x + 10, top: point.y - 10, bottom: point.y + 10 }));
      const edge = frame();
      seen.forEach(({ entry, point }) => {
        const free = boxes(entry, point).filter((b) => taken.every((o) => apart(b, o)));
        const b = free.find((candidate) => inside(candidate, edge)) || free[0];
        if (!b) { return; }
        taken.push(b);
        pane.append(label(entry, b));
      });
    }
    map.on('zoomend moveend', draw);
    return { draw, show(yes) { on = yes; draw(); } };
  }

  /* Land of the province as one plain shape, to lie under a signal image. */
  function land(data) {
    const shapes = data.units.commune.shape.flatMap(latLngs);
    return L.polygon(shapes, {
      pane: 'qn-land', renderer: L.canvas({ pane: 'qn-land' }), interactive: false,
      stroke: false, fillColor: '#f4f1ea', fillOpacity: 1, smoothFactor: 0.6,
    });
  }

  QN.layers = { land, units, gaps, villages, measurements, places, sites, names };
  QN.popupOptions = popupOptions;
})(window.QN);
