/* How sure a verdict is, and why a place has no signal. */
(function (QN) {
  'use strict';
  const { text, el, has, facts } = QN;
  const t = text.t;
  const NBSP = '\u00a0';
  const DISC_FROM_M = 500;
  const PARTS = [['fc', 'covered'], ['fw', 'weak'], ['fn', 'no_signal']];

  const metres = (value) => text.number(value) + NBSP + 'm';
  const kilometres = (value) => text.distance(Math.round(value * 1000));

  function named(data, code) {
    return has(code)
      ? el('span', { class: 'qn-verdict' }, QN.symbols.class(code, 15), ' ', text.pick(data.classes[code])) : '–';
  }

  /* Classes that this study's rule knows, the best first. */
  function classCodes(data) { return Object.keys(data.classes); }

  function classLimit(data, code) {
    return t('classes.' + code, {
      covered: text.percent(data.rule.covered, 0), weak: text.percent(data.rule.weak, 0),
      sure: text.percent(data.rule.sure, 0),
    });
  }

  function head() {
    return el('thead', {}, el('tr', {}, el('td', {}), ['before', 'after'].map((when) =>
      el('th', { scope: 'col' }, t('when.' + when + '.short')))));
  }

  /* Villages by class, before and after. */
  function classTable(data) {
    const row = (code) => el('tr', {},
      el('th', { scope: 'row' }, named(data, code)),
      el('td', {}, text.number(data.classCounts.before[code])),
      el('td', { class: 'qn-now' }, text.number(data.classCounts.after[code])));
    return [el('p', { class: 'qn-metric-note' }, t('sure.villages')),
      el('table', { class: 'qn-change qn-classtable' }, head(), el('tbody', {}, classCodes(data).map(row)))];
  }

  /* Shares of the disc as one bar with its words. */
  function disc(data, get, when) {
    const shares = PARTS.map(([key, code]) => [code, get(key + when)]).filter(([, share]) => share > 0);
    if (!shares.length) { return '–'; }
    const bars = shares.map(([code, share]) => {
      const part = el('i', {});
      part.style.width = share * 100 + '%';
      part.style.backgroundColor = data.colours.class[code];
      return part;
    });
    return [shares.map(([code, share]) => el('div', {},
      text.percent(share, 0) + ' ' + text.pick(data.classes[code]).toLowerCase())),
    el('span', { class: 'qn-parts', 'aria-hidden': 'true' }, bars)];
  }

  /* Class, probability and disc of a village, before and after. */
  function certainty(data, i) {
    const v = data.villages;
    const get = (key) => (v[key] ? v[key][i] : null);
    const row = (label, value) => el('tr', {}, el('th', { scope: 'row' }, label),
      el('td', { class: 'qn-wrap' }, value(0)), el('td', { class: 'qn-now qn-wrap' }, value(1)));
    const wide = get('r') >= DISC_FROM_M;
    const waits = has(get('w0')) || has(get('w1'));
    return [el('table', { class: 'qn-change' }, head(), el('tbody', {},
      row(t('sure.class'), (when) => named(data, get('c' + when))),
      row(t('sure.probability'), (when) => text.percent(get('q' + when), 0)),
      wide ? row(t('sure.disc'), (when) => disc(data, get, when)) : null,
      waits ? row(t('sure.waits'), (when) => (has(get('w' + when)) ? t('waits.' + get('w' + when)) : '–')) : null)),
    wide ? el('p', { class: 'qn-sub' }, t('sure.discHint', { r: text.distance(get('r')) })) : null];
  }

  function edgeText(get) {
    if (!has(get('edgeKm'))) { return null; }
    const above = get('edgeAbove');
    return t('why.edge', {
      km: kilometres(get('edgeKm')), top: metres(get('edgeTop')),
      above: t(above >= 0 ? 'why.edgeAbove' : 'why.edgeBelow', { m: metres(Math.abs(above)) }),
    });
  }

  function remedy(data, get) {
    const { mostMast, mostHeight } = data.why;
    return [
      has(get('mast')) ? t('why.mast', { m: metres(get('mast')) }) : t('why.mastNever', { m: metres(mostMast) }),
      has(get('height')) ? t('why.height', { m: text.number(get('height'), 1) + NBSP + 'm' })
        : t('why.heightNever', { m: metres(mostHeight) }),
    ].join('; ');
  }

  function nearest(get) {
    if (!has(get('nearKm'))) { return null; }
    if (get('nearKm') === 0) { return t('why.here'); }
    return kilometres(get('nearKm')) + (has(get('nearDeg')) ? ', ' + text.compass(get('nearDeg')) : '');
  }

  function others(data, rows) {
    if (!rows.length) { return null; }
    const w = data.why.rows;
    return el('details', { class: 'qn-by' }, el('summary', {}, t('why.others')),
      el('table', { class: 'qn-change' }, el('tbody', {}, rows.map((i) => el('tr', {},
        el('th', { scope: 'row' }, [w.op[i], w.tech[i], w.site[i], kilometres(w.km[i])].filter(has).join(' · ')),
        el('td', { class: 'qn-wrap' }, w.blame[i] === 'none' ? '' : text.number(w.db[i], 1) + NBSP + 'dB: ',
          text.pick(data.why.blames[w.blame[i]])))))));
  }

  /* Why a place has no signal; nothing where the study says nothing of it. */
  function reasons(data, place, method, unsure) {
    const rows = data.whyAt.get(place);
    if (!rows) { return null; }
    const get = (key) => data.why.rows[key][rows[0]];
    const open = get('blame') !== 'none';
    const profile = data.why.profiles[place];
    return el('section', { class: 'qn-why' },
      el('h4', {}, t(unsure ? 'why.titleUnsure' : 'why.title')),
      open ? null : el('p', { class: 'qn-warn' }, get('nearKm') === 0
        ? t('why.signalHere') : t('why.disagree', { model: text.pick(data.model.title) })),
      profile ? [QN.profile(profile, data.why.earthKm, get('site')), el('p', {}, t('profile.caption'))] : null,
      facts([
        [t('why.candidate'), [get('op'), get('tech'), get('site'), kilometres(get('km'))].filter(has).join(' · ')],
        [t('why.missing'), open ? text.number(get('db'), 1) + NBSP + 'dB' : null],
        [t('why.blame'), open ? [text.pick(data.why.blames[get('blame')]), edgeText(get)].filter(has).join(': ') : null],
        [t('why.remedy'), open ? remedy(data, get) : null],
        [t('why.nearest'), nearest(get)],
      ]),
      others(data, rows.slice(1)),
      el('p', {}, t(method)));
  }

  /* Rows of the reasons by place, in their order. */
  function indexed(rows) {
    const found = new Map();
    (rows.place || []).forEach((place, i) => found.set(place, [...(found.get(place) || []), i]));
    return found;
  }

  QN.why = { certainty, reasons, classCodes, classLimit, classTable, indexed };
})(window.QN);
