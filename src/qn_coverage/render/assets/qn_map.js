/* Starts the page: one state, one way from state to what is seen. */
(function (QN) {
  'use strict';
  const { text } = QN;
  const EDGE = 14;
  const WIDE = 900;
  /* Widths of the map: room for the open legend beside the province, and beside its west too. */
  const ROOM = 900;
  const ROOMY = 1100;
  QN.REFERENCE_FROM = 10.5;
  const byId = (id) => document.getElementById(id);

  const state = {
    theme: 'share', metric: 'population', when: 1, step: 0, operator: '', technology: '',
    level: 'commune', kind: 'technology',
    hidden: new Set(), hiddenClasses: new Set(), allGaps: false,
    layers: {
      relief: true, gaps: true, villages: true, places: true, names: true, sites: false, measurements: false,
    },
  };
  let data;
  let map;
  let images;
  let parts;
  let names;
  let home;
  let zoomControl;
  const drawn = {};

  function shareColour(share) {
    if (share === null || share === undefined) { return data.colours.none; }
    const entry = data.legend.share.find((item) => item.from === null || share * 100 >= item.from);
    return entry.colour;
  }

  function unitStyle(level) {
    const filled = state.theme === 'share';
    return (i) => ({
      color: filled ? '#94876f' : '#5d6a73', opacity: 0.9,
      weight: (level === 'former' ? 0.6 : 0.9) * (QN.near(map.getZoom()) < 19 ? 0.6 : 1),
      fill: true, fillColor: shareColour(QN.moments.share(data, state, level, i)), fillOpacity: filled ? 0.94 : 0.001,
    });
  }

  /* Adds or removes a layer so that it is on the map exactly when it should be. */
  function keep(name, layer, wanted) {
    if (!layer || Boolean(drawn[name]) === wanted) { return; }
    drawn[name] = wanted;
    if (wanted) { layer.addTo(map); } else { layer.remove(); }
  }

  const SITE_KEYS = {
    technology: (s, i) => s.best[i],
    operator: (s, i) => s.op[i],
    programme: (s, i) => (s.prog && s.prog[i]) || '',
  };

  function siteKey(i) { return SITE_KEYS[state.kind](data.sites, i); }

  function onAir(i) {
    const s = data.sites;
    const step = data.timeline.steps[state.step].day;
    // Sites of later days are not in the study.
    const day = step < data.dates.after ? step : data.dates.after;
    return s.on[i] <= day && !(s.off && s.off[i] && s.off[i] <= day);
  }

  function paintSites() {
    const colours = data.colours[state.kind];
    parts.sites.paint((i) => colours[siteKey(i)] || '#8a949b',
      (i) => onAir(i) && !state.hidden.has(siteKey(i)));
  }

  QN.siteKinds = function (kind) {
    const counts = new Map();
    data.sites.id.forEach((id, i) => {
      if (onAir(i)) {
        const key = SITE_KEYS[kind](data.sites, i);
        counts.set(key, (counts.get(key) || 0) + 1);
      }
    });
    return Object.keys(data.colours[kind]).filter((key) => counts.has(key)).map((key) => ({
      key, colour: data.colours[kind][key], count: counts.get(key),
      label: kind === 'programme' ? text.code('programme', key) : key,
    }));
  };

  /* Gaps lie above the units, whatever was hovered last. */
  QN.raise = function () {
    if (drawn.gaps) { parts.gaps.group.bringToFront(); }
  };

  function paint(changed) {
    const any = (...keys) => keys.some((key) => changed.has(key));
    if (any('level', 'theme', 'metric', 'step', 'operator', 'technology', 'zoom')) {
      Object.keys(parts.units).forEach((level) => {
        keep(level, parts.units[level].group, level === state.level);
        if (level === state.level) { parts.units[level].paint(unitStyle(level)); }
      });
    }
    ['level', 'margin'].forEach((theme) => [0, 1].forEach((when) => keep(theme + when,
      images[theme + when], state.theme === theme && state.when === when)));
    keep('since', images.since, state.theme === 'since');
    keep('land', parts.land, state.theme !== 'share');
    keep('relief', images.relief, state.layers.relief);
    keep('gaps', parts.gaps.group, QN.gapsShown(state));
    // An icon first: a marker that is added without one asks for Leaflet's own image file.
    if (any('layers', 'zoom')) { parts.places.paint(); }
    if (any('step', 'operator', 'technology', 'zoom', 'hiddenClasses')) {
      parts.villages.paint(QN.moments.classes(data, state), state.hiddenClasses);
    }
    keep('villages', parts.villages.group, state.layers.villages);
    keep('measurements', parts.measurements.group, state.layers.measurements);
    keep('places', parts.places.group, state.layers.places);
    keep('sites', parts.sites.group, state.layers.sites);
    if (state.layers.sites && any('kind', 'hidden', 'step', 'layers', 'language')) { paintSites(); }
    QN.raise();
    map.getPane('qn-names').style.zIndex = state.layers.sites ? 560 : 630;
    names.show(state.layers.names);
    if (changed.size === 1 && changed.has('zoom')) {
      QN.panel.legend(data, state);
    } else {
      QN.panel.draw(data, state);
    }
  }

  /* The only way to change what is shown. */
  QN.set = function (patch) {
    const whole = Object.assign({}, patch);
    const steps = data.timeline.steps;
    // By operator and technology only the study's two days are known.
    if (whole.operator || whole.technology) { whole.when = state.when; }
    if (whole.when !== undefined) { whole.step = data.timeline[whole.when ? 'after' : 'before']; }
    if (whole.step !== undefined) { whole.when = steps[whole.step].day < data.dates.after ? 0 : 1; }
    Object.assign(state, whole);
    paint(new Set(Object.keys(whole)));
  };

  /* Gaps are known for one day, operators and technologies taken together. */
  QN.gapsShown = (now) => now.layers.gaps && now.step === data.timeline.after
    && !now.operator && !now.technology;

  function setLanguage(name) {
    text.language = name;
    map.attributionControl.setPrefix(text.t(window.innerWidth < WIDE ? 'attribution.short' : 'attribution'));
    zoomTitles();
    map.eachLayer((layer) => { if (layer.getPopup && layer.isPopupOpen()) { layer.getPopup().update(); } });
    QN.set({ language: name });
    measureBar();
  }

  function zoomTitles() {
    const [into, out, whole] = zoomControl.getContainer().querySelectorAll('a');
    [[into, 'zoom.in'], [out, 'zoom.out'], [whole, 'zoom.home']].forEach(([link, key]) => {
      link.title = text.t(key);
      link.setAttribute('aria-label', text.t(key));
    });
  }

  /* The whole province; on a wide screen a little low, where the legend leaves room, on a smaller
     one beside the legend, which would hide the west. Not animated: Leaflet ends a zoom in its own
     place even if the map was sent elsewhere meanwhile. */
  function goHome() {
    map.closePopup();
    const top = window.innerWidth >= WIDE ? 60 : EDGE;
    const width = map.getSize().x;
    const left = width >= ROOM && width < ROOMY ? QN.legendWidth() : EDGE;
    map.fitBounds(home, { paddingTopLeft: [left, top], paddingBottomRight: [EDGE, 40], animate: false });
  }

  /* On a phone the map begins below the bar, however many lines its title takes. */
  function measureBar() {
    document.documentElement.style.setProperty('--bar', byId('qn-head').offsetHeight + 'px');
    map.invalidateSize({ animate: false });
  }

  /* Width of the map that the open legend covers. */
  QN.legendWidth = function () {
    const legend = byId('qn-legend');
    return legend.classList.contains('qn-open') ? legend.offsetWidth + 24 : 20;
  };

  function closePanelOnPhone() {
    if (window.innerWidth < WIDE) { byId('qn').classList.remove('qn-open'); menuState(); }
  }

  /* Shows an item and opens its popup once the view has settled. */
  function reveal(layer, bounds, maxZoom) {
    closePanelOnPhone();
    map.closePopup();
    map.invalidateSize({ animate: false });
    map.fitBounds(bounds, { maxZoom, padding: [40, 40], animate: false });
    layer.openPopup(layer.getCenter ? layer.getBounds().getCenter() : layer.getLatLng());
  }

  QN.goUnit = function (level, i) {
    document.querySelector('#qn input[name=level][value=' + level + ']').checked = true;
    QN.set({ level });
    const item = parts.units[level].items[i];
    closePanelOnPhone();
    map.closePopup();
    map.fitBounds(item.getBounds(), { padding: [40, 40], animate: false });
    const [x, y] = data.units[level].at[i];
    item.openPopup([y, x]);
  };
  QN.goVillage = function (i) {
    QN.set({ hiddenClasses: new Set(), layers: Object.assign({}, state.layers, { villages: true }) });
    reveal(parts.villages.items[i], around(data.villages, i), 13);
  };
  QN.goPlace = function (i) {
    QN.set({ layers: Object.assign({}, state.layers, { places: true }) });
    reveal(parts.places.items[i], around(data.places, i), 13);
  };
  QN.goGap = function (i) {
    QN.set({ when: 1, operator: '', technology: '', layers: Object.assign({}, state.layers, { gaps: true }) });
    const item = parts.gaps.items[i];
    reveal(item, item.getBounds(), 14);
  };

  function around(table, i) {
    const radius = Math.max(1500, (table.r && table.r[i]) || 0);
    return L.latLng(table.y[i], table.x[i]).toBounds(2.4 * radius);
  }

  QN.gapsOf = function (code) {
    return data.gaps.rank.map((rank, i) => i).filter((i) => data.gaps.unit[i] === code);
  };
  QN.gapButton = function (i) {
    const button = QN.el('button', { type: 'button' }, text.t('gap.title', { rank: data.gaps.rank[i] }));
    button.addEventListener('click', () => QN.goGap(i));
    return button;
  };

  function searchEntries() {
    const entries = [];
    const unitName = (code) => {
      const i = data.unitAt.get(code);
      return i === undefined ? '' : data.units.commune.name[i];
    };
    const add = (rank, table, kind, describe, go) => table.name.forEach((name, i) => entries.push({
      name, rank, alias: (table.en && table.en[i]) || '',
      describe: () => [text.t('kind.' + kind), describe(i)].filter(Boolean).join(' · '),
      go: () => go(i),
    }));
    add(0, data.units.commune, 'commune', () => '', (i) => QN.goUnit('commune', i));
    add(1, data.places, 'place', (i) => unitName(data.places.unit && data.places.unit[i]), QN.goPlace);
    add(2, data.villages, 'village', (i) => unitName(data.villages.unit && data.villages.unit[i]), QN.goVillage);
    if (data.units.former) {
      add(3, data.units.former, 'former', (i) => (data.units.former.district || [])[i],
        (i) => QN.goUnit('former', i));
    }
    if (data.units.district) {
      add(4, data.units.district, 'district', () => '', (i) => QN.goUnit('district', i));
    }
    return entries;
  }

  function nameEntries() {
    const u = data.units.commune;
    const communes = u.name.map((name, i) => ({
      text: text.shortName(name), at: L.latLng(u.at[i][1], u.at[i][0]), weight: (u.land && u.land[i]) || 0,
    }));
    const placeEntry = (name, i) => ({
      text: text.wrapped(name.replace(/\s*\(.*$/, ''), 20), at: L.latLng(data.places.y[i], data.places.x[i]),
      weight: QN.placeKind(i) === 'named_site' ? 1e6 - i : 1 - i, strong: QN.placeKind(i) === 'named_site',
      from: { named_site: 0, reported_site: 10, control_point: 11 }[QN.placeKind(i)],
      marker: true,
    });
    const places = data.places.name.map(placeEntry);
    const villages = data.villages.name.map((name, i) => ({
      text: name, at: L.latLng(data.villages.y[i], data.villages.x[i]), weight: -1, from: 12, marker: true,
    }));
    return [...places, ...communes, ...villages];
  }

  function menuState() {
    byId('qn-menu').setAttribute('aria-expanded', String(byId('qn').classList.contains('qn-open')));
  }

  function listen() {
    document.querySelectorAll('#qn input[type=radio]').forEach((input) =>
      input.addEventListener('change', () => {
        const value = input.name === 'when' ? Number(input.value) : input.value;
        if (input.name === 'language') { setLanguage(value); return; }
        QN.set(input.name === 'kind' ? { kind: value, hidden: new Set() } : { [input.name]: value });
      }));
    document.querySelectorAll('#qn input[data-layer]').forEach((input) => {
      input.addEventListener('change', () =>
        QN.set({ layers: Object.assign({}, state.layers, { [input.dataset.layer]: input.checked }) }));
    });
    QN.moments.listen();
    byId('qn-gaps-more').addEventListener('click', () => QN.set({ allGaps: !state.allGaps }));
    byId('qn-menu').addEventListener('click', () => {
      byId('qn').classList.toggle('qn-open');
      menuState();
    });
    byId('qn-legend-toggle').addEventListener('click', () => {
      const open = byId('qn-legend').classList.toggle('qn-open');
      byId('qn-legend-toggle').setAttribute('aria-expanded', String(open));
      if (open && window.innerWidth < WIDE) { map.closePopup(); }
    });
    map.on('popupopen', () => {
      if (window.innerWidth < WIDE) {
        byId('qn-legend').classList.remove('qn-open');
        byId('qn-legend-toggle').setAttribute('aria-expanded', 'false');
      }
    });
  }

  function controls() {
    zoomControl = L.control.zoom({ position: 'topright' }).addTo(map);
    const link = L.DomUtil.create('a', 'qn-home', zoomControl.getContainer());
    link.href = '#';
    link.setAttribute('role', 'button');
    link.textContent = '⌂';
    L.DomEvent.disableClickPropagation(link);
    L.DomEvent.on(link, 'click', (event) => { L.DomEvent.preventDefault(event); goHome(); });
    L.control.scale({ imperial: false, maxWidth: 130, position: 'bottomleft' }).addTo(map);
  }

  function panes() {
    map.createPane('qn-land').style.zIndex = 300;
    map.getPane('qn-land').style.pointerEvents = 'none';
    map.createPane('qn-halo').style.zIndex = 460;
    map.getPane('qn-halo').style.pointerEvents = 'none';
    map.createPane('qn-names');
    map.getPane('qn-names').style.pointerEvents = 'none';
    QN.haloRenderer = L.svg({ pane: 'qn-halo' });
  }

  /* Columns that repeat themselves come as {of: values, i: indices}. */
  function expand(table) {
    Object.keys(table).forEach((key) => {
      const column = table[key];
      if (!Array.isArray(column)) { table[key] = column.i.map((at) => column.of[at]); }
    });
  }

  QN.placeKind = (i) => ((data.places.kind || [])[i] || 'named_site');
  QN.placeKinds = () => ['named_site', 'reported_site', 'control_point'].filter((kind) =>
    data.places.name.some((name, i) => QN.placeKind(i) === kind)
    && (kind !== 'control_point' || map.getZoom() >= QN.REFERENCE_FROM));

  QN.start = function (leafletMap, overlays) {
    map = leafletMap;
    images = overlays;
    data = JSON.parse(byId('qn-data').textContent);
    [data.gaps, data.sites, data.villages, data.places, data.measurements, data.why.rows, ...Object.values(data.units)].forEach(expand);
    data.whyAt = QN.why.indexed(data.why.rows);
    data.unitAt = new Map(data.units.commune.code.map((code, i) => [code, i]));
    QN.font = "'Noto Sans','Segoe UI',Roboto,Arial,sans-serif";
    text.use(data.labels);
    QN.symbols.use(data.colours);
    home = L.latLngBounds(data.extent);
    const wide = window.innerWidth >= WIDE;
    byId('qn-headline-box').open = wide;
    const roomy = map.getSize().x >= ROOM;
    byId('qn-legend').classList.toggle('qn-open', roomy);
    byId('qn-legend-toggle').setAttribute('aria-expanded', String(roomy));

    panes();
    controls();
    parts = {
      units: {}, land: QN.layers.land(data), gaps: QN.layers.gaps(data), villages: QN.layers.villages(data, map),
      measurements: QN.layers.measurements(data),
      places: QN.layers.places(data, map), sites: QN.layers.sites(data, map),
    };
    Object.keys(data.units).forEach((level) => { parts.units[level] = QN.layers.units(data, level); });
    names = QN.layers.names(map, nameEntries());
    document.querySelectorAll('#qn input[name=level]').forEach((input) => {
      input.parentNode.hidden = !data.units[input.value];
    });
    listen();
    QN.search.attach(byId('qn-q'), byId('qn-hits'), QN.search.index(searchEntries()));
    QN.find = (query) => QN.search.find(QN.search.index(searchEntries()), query).map((hit) => hit.name);
    QN.shown = () => Object.assign({}, state.layers);
    /* What is on the map now, for whoever wants to check it. */
    QN.drawn = () => {
      const view = map.getBounds();
      return {
        fills: parts.units[state.level].items.map((item) => item.options.fillColor),
        gaps: map.hasLayer(parts.gaps.group) ? parts.gaps.items.length : 0,
        villages: map.hasLayer(parts.villages.group) ? parts.villages.group.getLayers().length : 0,
        sites: map.hasLayer(parts.sites.group) ? parts.sites.group.getLayers().length : 0,
        view: [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()],
      };
    };
    const scale = () => QN.near(map.getZoom()) + (map.getZoom() >= QN.REFERENCE_FROM ? 0.5 : 0);
    let size = scale();
    map.on('zoomend', () => {
      const now = scale();
      if (now !== size) { size = now; paint(new Set(['zoom'])); }
      map.getContainer().classList.toggle('qn-near', map.getZoom() >= 12);
    });
    QN.set(Object.assign({}, state));
    setLanguage('vi');
    goHome();
    map.setMaxBounds(home.pad(2));
    map.setMinZoom(Math.floor(map.getZoom() - 1));
    window.addEventListener('resize', measureBar);
    document.documentElement.classList.add('qn-ready');
  };
})(window.QN);
