/* The panel beside the map and the legend on it. */
(function (QN) {
  'use strict';
  const { text, el } = QN;
  const t = text.t;
  const GAPS_SHOWN = 10;

  const byId = (id) => document.getElementById(id);

  /* Every fixed text of the page in the current language. */
  function words(root) {
    root.querySelectorAll('[data-t]').forEach((node) => { node.textContent = t(node.dataset.t); });
    root.querySelectorAll('[data-t-attr]').forEach((node) => {
      node.dataset.tAttr.split(' ').forEach((pair) => {
        const [attribute, key] = pair.split('=');
        node.setAttribute(attribute, t(key));
      });
    });
  }

  function header(data) {
    byId('qn-title').textContent = text.pick(data.title);
    byId('qn-dates').textContent = t('header.dates', {
      after: text.date(data.dates.after), before: text.date(data.dates.before),
    });
    byId('qn-before').textContent = text.date(data.dates.before);
    byId('qn-after').textContent = text.date(data.dates.after);
    document.documentElement.lang = text.language;
    document.title = text.pick(data.title);
  }

  /* Percent with as many digits as it takes to tell the two states apart. */
  function sharesApart(before, after) {
    const same = text.percent(before) === text.percent(after) && before !== after;
    return (share) => text.percent(share, same ? 2 : 1);
  }

  function metric(label, before, after, show, note, range) {
    const bars = el('span', { class: 'qn-track', 'aria-hidden': 'true' }, el('i', {}), el('b', {}));
    bars.children[0].style.width = (after || 0) * 100 + '%';
    bars.children[1].style.left = (before || 0) * 100 + '%';
    return el('div', { class: 'qn-metric' },
      el('div', { class: 'qn-metric-label' }, label),
      el('div', { class: 'qn-metric-values' },
        el('span', { class: 'qn-was' }, show(before)), el('span', { class: 'qn-arrow' }, '→'),
        el('strong', {}, show(after)),
        range ? el('small', { class: 'qn-range' }, text.range(range)) : null),
      bars,
      note ? el('div', { class: 'qn-metric-note' }, note) : null);
  }

  function headline(data) {
    const h = data.headline;
    const n = text.number;
    const villages = h.villages;
    const of = (count) => (count === null ? '–' : n(Math.round(count * villages.total)));
    const share = (count) => (villages.total ? count / villages.total : null);
    byId('qn-headline').replaceChildren(
      metric(t('metric.population'), h.population[0], h.population[1], sharesApart(...h.population),
        h.offPopulation === null ? null : t('headline.offPopulation', { n: n(h.offPopulation) }),
        h.populationRange[1]),
      metric(t('metric.land'), h.land[0], h.land[1], sharesApart(...h.land),
        h.offLand === null ? null : t('headline.offLand', { n: n(h.offLand) }), h.landRange[1]),
      metric(t('headline.villages', { n: n(villages.total) }), share(villages.before.covered),
        share(villages.after.covered), of,
        villages.after.cannot_tell ? t('headline.cannotTell', { n: n(villages.after.cannot_tell) }) : null),
      ...QN.why.classTable(data),
      el('p', { class: 'qn-metric-note' }, t('sure.shareHint'),
        h.populationRange[1] ? ' ' + t('sure.intervalNote') : ''));
    byId('qn-by').replaceChildren(...provinceBreakdown(data.by.province));
    byId('qn-method').replaceChildren(
      el('p', {}, el('b', {}, t('method.model')), ' ', text.pick(data.model.title), '. ',
        data.model.remarks.map((key) => t(key)).join(' ')),
      el('p', {}, el('b', {}, t('method.rule')), ' ', t('method.ruleText', {
        thresholds: data.service.thresholds.map(([name, dbm]) =>
          name + '\u00a0≥\u00a0' + n(dbm) + '\u00a0dBm').join('; '),
        share: text.percent(data.service.probability, 0),
        sigma: n(data.service.sigma, 1), cell: n(data.cell),
      })),
      el('p', {}, t('classes.rule', { rule: text.pick(data.rule.rule), version: data.rule.version })),
      el('ul', {}, data.caveats.map((caveat) => el('li', {}, text.pick(caveat)))));
  }

  /* Before → after of the province by technology and operator, share of people. */
  function provinceBreakdown([before, after]) {
    const head = el('tr', {}, el('td', {}), el('th', { scope: 'col' }, t('when.before.short')),
      el('th', { scope: 'col' }, t('when.after.short')));
    const share = (table, kind, name) => (((table[kind] || {})[name] || { p: [null] }).p[0]);
    const rows = ['technology', 'operator'].flatMap((kind) => Object.keys(after[kind] || {}).map((name) =>
      el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, text.percent(share(before, kind, name))),
        el('td', { class: 'qn-now' }, text.percent(share(after, kind, name))))));
    return [el('p', {}, t('metric.population')),
      el('table', { class: 'qn-change' }, el('thead', {}, head), el('tbody', {}, rows))];
  }

  function swatch(colour, extra) {
    const box = el('i', { class: 'qn-swatch' + (extra ? ' ' + extra : '') });
    if (colour) { box.style.backgroundColor = colour; }
    return box;
  }

  function range(entry, unit) {
    const n = (value) => text.number(value);
    if (entry.to === null) { return '≥ ' + n(entry.from) + unit; }
    if (entry.from === null) { return '< ' + n(entry.to) + unit; }
    return n(entry.from) + (entry.from < 0 ? ' … ' : ' – ') + n(entry.to) + unit;
  }

  function ramp(title, entries, unit, notes, extra) {
    return el('section', {}, el('h3', {}, title),
      el('ul', { class: 'qn-ramp' },
        entries.map((entry, i) => el('li', {}, swatch(entry.colour), el('span', {}, range(entry, unit)),
          notes && notes[i] ? el('em', {}, notes[i]) : null)), extra || []));
  }

  function themeLegend(data, state) {
    // Images of the signal are there for two days only, for all operators.
    const pictured = { step: data.timeline[state.when ? 'after' : 'before'] };
    const sub = el('p', { class: 'qn-when' },
      QN.moments.named(data, state.theme === 'share' ? state : Object.assign({}, state, pictured, { operator: '', technology: '' })));
    const unit = text.language === 'vi' ? '\u00a0%' : '%';
    let part;
    if (state.theme === 'level') {
      part = ramp(t('legend.level', { technology: data.levelTechnology }), data.legend.level, '',
        { [data.legend.level.length - 1]: t('legend.edge') });
    } else if (state.theme === 'margin') {
      const last = data.legend.margin.length - 1;
      part = ramp(t('legend.margin'), data.legend.margin, '',
        { 2: t('legend.justCovered'), [last - 1]: t('legend.weak'), [last]: t('legend.none') });
    } else if (state.theme === 'since') {
      part = el('section', {}, el('h3', {}, t('legend.since')),
        el('ul', { class: 'qn-ramp' }, data.legend.since.map((entry) => el('li', {}, swatch(entry.colour),
          el('span', {}, entry.step === null ? t('legend.lost')
            : QN.moments.titled(data.timeline.steps[entry.step]))))));
      return part;
    } else {
      const none = state.metric === 'villages'
        ? [el('li', {}, swatch(data.colours.none), el('span', {}, t('legend.noVillages')))] : [];
      part = ramp(t('legend.share.' + state.metric), data.legend.share, unit, null, none);
    }
    part.querySelector('h3').after(sub);
    return part;
  }

  function symbolLegend(data, state) {
    const rows = [];
    if (QN.gapsShown(state)) {
      rows.push(el('li', {}, swatch(null, 'qn-hatch'), el('span', {}, t('legend.gaps'))));
    }
    if (state.layers.villages) {
      rows.push(el('li', { class: 'qn-legend-head' }, t('classes.title')));
      QN.why.classCodes(data).filter((code) => !state.hiddenClasses.has(code)).forEach((code) => rows.push(
        el('li', {}, QN.symbols.class(code, 16), el('span', {}, text.pick(data.classes[code]),
          el('small', {}, QN.why.classLimit(data, code))))));
    }
    if (state.layers.measurements && data.measurements.rank.length) {
      rows.push(el('li', {}, QN.symbols.measurement(1, 18), el('span', {}, t('legend.measurement'))));
    }
    if (state.layers.places) {
      QN.placeKinds().forEach((kind) => rows.push(
        el('li', {}, QN.symbols.place(kind, 17), el('span', {}, t('legend.place.' + kind)))));
    }
    return rows.length ? el('section', {}, el('ul', { class: 'qn-ramp' }, rows)) : null;
  }

  function siteLegend(state) {
    if (!state.layers.sites) { return null; }
    const kinds = QN.siteKinds(state.kind).filter((kind) => !state.hidden.has(kind.key));
    const short = kinds.every((kind) => kind.label.length < 14);
    return el('section', {},
      el('ul', { class: 'qn-ramp' + (short ? ' qn-two' : '') }, kinds.map((kind) =>
        el('li', {}, QN.symbols.site(kind.colour, 16), el('span', {}, kind.label)))),
      el('ul', { class: 'qn-ramp' },
        el('li', {}, QN.symbols.cluster([['#8a949b', 12]], 26), el('span', {}, t('legend.cluster')))));
  }

  function legend(data, state) {
    byId('qn-legend-body').replaceChildren(...[
      themeLegend(data, state), symbolLegend(data, state), siteLegend(state),
      el('p', { class: 'qn-modelled' }, t('modelled.both')),
    ].filter(Boolean));
  }

  function siteChips(state) {
    byId('qn-chips').replaceChildren(...QN.siteKinds(state.kind).map((kind) => {
      const input = el('input', { type: 'checkbox' });
      input.checked = !state.hidden.has(kind.key);
      input.addEventListener('change', () => {
        const hidden = new Set(state.hidden);
        if (input.checked) { hidden.delete(kind.key); } else { hidden.add(kind.key); }
        QN.set({ hidden });
      });
      return el('label', { class: 'qn-chipbox' }, input, swatch(kind.colour, 'qn-dot'),
        el('span', {}, kind.label), el('small', {}, text.number(kind.count)));
    }));
  }

  function classChips(data, state) {
    const found = QN.moments.classes(data, state);
    const counts = {};
    QN.why.classCodes(data).forEach((code) => { counts[code] = found.filter((each) => each === code).length; });
    byId('qn-classes').replaceChildren(...QN.why.classCodes(data).map((code) => {
      const input = el('input', { type: 'checkbox', 'data-class': code });
      input.checked = !state.hiddenClasses.has(code);
      input.addEventListener('change', () => {
        const hiddenClasses = new Set(state.hiddenClasses);
        if (input.checked) { hiddenClasses.delete(code); } else { hiddenClasses.add(code); }
        QN.set({ hiddenClasses });
        document.querySelector('#qn-classes [data-class=' + code + ']').focus();
      });
      return el('label', { class: 'qn-chipbox' }, input, QN.symbols.class(code, 15),
        el('span', {}, text.pick(data.classes[code])), el('small', {}, text.number(counts[code])));
    }));
  }

  function placeList(data) {
    const p = data.places;
    const listed = p.name.map((name, i) => i).filter((i) => QN.placeKind(i) !== 'control_point');
    byId('qn-places').replaceChildren(...listed.map((i) => {
      const name = (text.language === 'en' && p.en && p.en[i]) || p.name[i];
      const button = el('button', { type: 'button' }, QN.symbols.place(QN.placeKind(i), 15), el('span', {}, name),
        el('small', {}, p.r && p.r[i] ? '±\u00a0' + text.distance(p.r[i]) : ''));
      button.addEventListener('click', () => QN.goPlace(i));
      return el('li', {}, button);
    }));
  }

  function gapList(data, state) {
    const g = data.gaps;
    const count = g.rank.length;
    const shown = state.allGaps ? count : Math.min(GAPS_SHOWN, count);
    const rows = g.rank.slice(0, shown).map((rank, i) => {
      const button = el('button', { type: 'button' },
        el('span', { class: 'qn-rank' }, text.number(rank)),
        el('span', {}, g.commune[i] || '–'),
        el('small', {}, t('gaps.row', { n: text.number(g.pop[i]), km2: text.number(g.km2[i], 1) })));
      button.addEventListener('click', () => QN.goGap(i));
      return el('li', {}, button);
    });
    byId('qn-gaps').replaceChildren(...rows);
    const more = byId('qn-gaps-more');
    more.hidden = count <= GAPS_SHOWN;
    more.textContent = t(state.allGaps ? 'gaps.less' : 'gaps.more', { n: text.number(count) });
    byId('qn-gaps-none').hidden = count > 0;
  }

  function sources(data) {
    byId('qn-sources').replaceChildren(...data.sources.map((source) =>
      el('li', {}, el('b', {}, text.pick(source.what)), ' ', text.pick(source.who),
        source.note ? el('em', {}, ' ' + text.pick(source.note)) : null)));
  }

  QN.panel = {
    /* Everything that a change of language or state can change. */
    draw(data, state) {
      words(document);
      header(data);
      QN.moments.draw(data, state);
      headline(data);
      legend(data, state);
      siteChips(state);
      classChips(data, state);
      QN.claims.draw(data);
      placeList(data);
      gapList(data, state);
      sources(data);
      byId('qn-metrics').hidden = state.theme !== 'share';
      byId('qn-classes').hidden = !state.layers.villages;
      byId('qn-measure-none').hidden = !state.layers.measurements || data.measurements.rank.length > 0;
      byId('qn-kinds').hidden = !state.layers.sites;
      byId('qn-gaps-hint').hidden = QN.gapsShown(state) || !state.layers.gaps;
    },
    legend,
  };
})(window.QN);
