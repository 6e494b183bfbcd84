/* The map of a plan: two states with a swipe, chosen sites, gaps, villages that gain. */
(function () {
  'use strict';
  const L = window.L;
  const data = JSON.parse(document.getElementById('qn-data').textContent);
  const swipe = document.getElementById('qn-swipe');
  const small = window.innerWidth < 700;
  const gain = document.getElementById('qn-gain');

  /* Text of a popup; names are text, never markup. */
  function words(lines) {
    const box = document.createElement('div');
    lines.forEach((line, index) => {
      const node = document.createElement(index ? 'div' : 'b');
      node.textContent = line;
      box.append(node);
    });
    return box;
  }

  function percent(share) {
    return (100 * share).toLocaleString('vi', { maximumFractionDigits: 0 }) + ' %';
  }

  const map = L.map('qn-map', {
    attributionControl: false, zoomSnap: 0.25, maxZoom: 15, minZoom: 7, fadeAnimation: false, zoomAnimation: false,
    // A finger that scrolls the page must not be caught by the map; two fingers move it.
    dragging: !L.Browser.mobile, scrollWheelZoom: false,
  });
  map.on('focus click', () => map.scrollWheelZoom.enable());
  map.on('mouseout', () => map.scrollWheelZoom.disable());
  map.fitBounds(data.bounds);
  L.control.scale({ imperial: false }).addTo(map);
  [['qn-now', 340], ['qn-plan', 350], ['qn-gain', 360], ['qn-relief', 370]].forEach(([name, order]) => {
    map.createPane(name).style.zIndex = order;
    map.getPane(name).style.pointerEvents = 'none';
  });
  /* Shading darkens what lies below it in the map's own stack, so the sea has to be there as well. */
  map.createPane('qn-sea').style.zIndex = 150;
  L.rectangle([[10, 95], [33, 120]], { pane: 'qn-sea', stroke: false, fillColor: '#dde8ef', fillOpacity: 1, interactive: false }).addTo(map);
  map.getPane('qn-relief').style.mixBlendMode = 'multiply';
  function image(name, opacity) {
    const entry = data.images[name];
    const layer = L.imageOverlay(entry.uri, entry.bounds, { pane: 'qn-' + name, opacity, interactive: false }).addTo(map);
    layer.getElement().alt = '';
    layer.getElement().style.imageRendering = name === 'relief' ? 'auto' : 'pixelated';
  }
  image('now', 0.92);
  image('plan', 0.92);
  image('gain', 0.85);
  image('relief', 0.55);

  const line = document.createElement('div');
  line.className = 'qn-line';
  map.getContainer().append(line);

  /* Left of the line is today, right of it is the plan; panes move with the map, so clip in their terms. */
  function clip() {
    const size = map.getSize();
    const at = size.x * Number(swipe.value) / 100;
    line.style.left = at + 'px';
    const corner = map.containerPointToLayerPoint([at, 0]);
    const end = map.containerPointToLayerPoint(size);
    const start = map.containerPointToLayerPoint([0, 0]);
    const right = 'rect(' + [start.y, end.x, end.y, corner.x].join('px,') + 'px)';
    const left = 'rect(' + [start.y, corner.x, end.y, start.x].join('px,') + 'px)';
    map.getPane('qn-plan').style.clip = right;
    map.getPane('qn-gain').style.clip = right;
    map.getPane('qn-now').style.clip = left;
    map.getPane('qn-gain').style.display = gain.checked ? '' : 'none';
  }
  swipe.addEventListener('input', clip);
  gain.addEventListener('change', clip);
  map.on('move zoom resize', clip);

  L.polyline(data.outlines.map((ring) => ring), { color: '#5d5546', weight: 0.8, interactive: false }).addTo(map);
  L.polyline(data.gaps, { color: '#7b1fa2', weight: 1.4, interactive: false }).addTo(map);
  data.villages.forEach((village) => {
    L.circleMarker(village.at, { radius: 6, color: '#1f6fb2', weight: 3, fillColor: '#fff', fillOpacity: 1 })
      .bindPopup(() => words([village.name, percent(village.now) + ' → ' + percent(village.plan)])).addTo(map);
  });
  data.sites.forEach((site) => {
    const icon = L.divIcon({ className: 'qn-pin', html: String(site.rank), iconSize: small ? [20, 20] : [26, 26] });
    L.marker(site.at, { icon, title: site.name, alt: site.name, keyboard: true })
      .bindPopup(() => words([site.rank + '. ' + site.name].concat(site.why)), { maxWidth: 280 }).addTo(map);
  });
  window.addEventListener('load', () => { map.invalidateSize(); map.fitBounds(data.bounds); clip(); });
  clip();
  document.documentElement.classList.add('qn-ready');
}());
