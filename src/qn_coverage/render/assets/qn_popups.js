/* What a popup says. Text only ever enters the page as text nodes, never as markup. */
(function (QN) {
  'use strict';
  const { text } = QN;
  const t = text.t;

  /* Element with attributes and children (strings become text nodes; empty ones are left out). */
  function el(tag, attributes, ...children) {
    const node = document.createElement(tag);
    Object.entries(attributes || {}).forEach(([name, value]) => {
      if (value !== null && value !== undefined) { node.setAttribute(name, value); }
    });
    node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
    return node;
  }

  function has(value) { return value !== null && value !== undefined && value !== ''; }

  function chip(origin) {
    return has(origin)
      ? el('span', { class: 'qn-chip qn-chip-' + (origin === 'modelled' ? 'soft' : 'firm') },
        text.code('origin', origin))
      : null;
  }

  function heading(name, sub) {
    return el('header', {}, el('h3', {}, name), sub ? el('p', { class: 'qn-sub' }, sub) : null);
  }

  /* Rows [label, value]; rows without a value are left out. */
  function facts(rows) {
    const shown = rows.filter((row) => has(row[1]));
    return el('dl', { class: 'qn-facts' },
      shown.map(([label, value]) => [el('dt', {}, label), el('dd', {}, value)]));
  }

  /* Text of the data: one language, or the one of two that is wanted. */
  function said(value) { return Array.isArray(value) ? text.pick(value) : value; }

  /* Web addresses as short links that show their host; only http and https become links. */
  function withLinks(line) {
    return line.split(/(https?:\/\/[^\s;"<>]*[^\s;"<>),.\]])/).map((part, i) => (i % 2
      ? el('a', { href: part, title: part, target: '_blank', rel: 'noopener noreferrer' },
        part.replace(/^https?:\/\/(www\.)?/, '').split('/')[0])
      : part));
  }

  function foot(...lines) {
    const shown = lines.filter(has).map(said);
    return shown.length
      ? el('div', { class: 'qn-foot' }, shown.map((line) => el('p', {}, withLinks(line)))) : null;
  }

  function bar(share) {
    const fill = el('span', {});
    fill.style.width = Math.max(0, Math.min(1, share || 0)) * 100 + '%';
    return el('span', { class: 'qn-bar', 'aria-hidden': 'true' }, fill);
  }

  function change(label, before, after, format, ranges) {
    const [was, is] = ranges || [];
    return el('tr', {},
      el('th', { scope: 'row' }, label),
      el('td', {}, format(before), interval(was)),
      el('td', { class: 'qn-now' }, format(after), bar(after), interval(is)));
  }

  /* 5-95 % interval of a share. */
  function interval(ends) {
    return ends && has(ends[0]) && has(ends[1])
      ? el('small', { class: 'qn-range' }, text.range(ends)) : null;
  }

  function changes(rows) {
    return el('table', { class: 'qn-change' },
      el('thead', {}, el('tr', {}, el('td', {}),
        el('th', { scope: 'col' }, t('when.before.short')),
        el('th', { scope: 'col' }, t('when.after.short')))),
      el('tbody', {}, rows.map((row) => change(...row))));
  }

  /* Shares of one unit by technology and operator, folded away until asked for. */
  function breakdown(by, i) {
    const rows = ['technology', 'operator'].flatMap((kind) => Object.entries((by || {})[kind] || {}))
      .map(([name, shares]) => el('tr', {}, el('th', { scope: 'row' }, name),
        el('td', {}, text.percent(shares.p[i])), el('td', {}, text.percent(shares.l[i]))));
    if (!rows.length) { return null; }
    return el('details', { class: 'qn-by' }, el('summary', {}, t('by.unit')),
      el('table', { class: 'qn-change' },
        el('thead', {}, el('tr', {}, el('td', {}), el('th', { scope: 'col' }, t('by.population')),
          el('th', { scope: 'col' }, t('by.land')))),
        el('tbody', {}, rows)));
  }

  function verdict(code) {
    if (!has(code)) { return null; }
    return el('span', { class: 'qn-verdict' },
      QN.symbols.verdict(code, 14), ' ', text.code('verdict', code));
  }

  /* Before → after, or the one that both are. */
  function changed(before, after) {
    if (!before || !after) { return before || after; }
    return before.textContent === after.textContent ? after : el('span', {}, before, ' → ', after);
  }

  function unitName(data, code) {
    const i = has(code) ? data.unitAt.get(code) : undefined;
    return i === undefined ? null : data.units.commune.name[i];
  }

  function margin(value) {
    return has(value) ? (value > 0 ? '+' : '') + text.number(value, 1) + '\u00a0dB' : null;
  }

  function uncertainty(metres) {
    return has(metres) ? '±\u00a0' + text.distance(metres) : null;
  }

  /* What nobody would serve if the site failed. */
  function alone(get) {
    return [t('n.people', { n: text.number(get('alone')) }), text.number(get('aloneKm2'), 1) + '\u00a0km²',
      get('aloneV') ? t('n.villages', { n: text.number(get('aloneV')) }) : null].filter(has).join(', ');
  }

  const popups = {
    unit(data, level, i) {
      const u = data.units[level];
      const get = (key) => (u[key] ? u[key][i] : null);
      const villages = get('v') || 0;
      const gaps = level === 'commune' ? QN.gapsOf(get('code')) : [];
      const people = has(get('pop'))
        ? el('span', {}, text.number(get('pop')),
          has(get('popYear')) ? ' (' + get('popYear') + ') ' : ' ', chip(get('popOrigin')))
        : null;
      const ranges = (what) => [0, 1].map((when) => [get(what + when + 'lo'), get(what + when + 'hi')]);
      const sub = [has(get('type')) ? text.code('type', get('type')) : t('type.former'), get('district'),
        text.language === 'en' ? get('en') : null, t('unit.code', { code: get('code') })];
      return el('div', { class: 'qn-pop' },
        heading(get('name'), sub.filter(has).join(' · ')),
        changes([
          [t('metric.population'), get('p0'), get('p1'), text.percent, ranges('p')],
          [t('metric.land'), get('l0'), get('l1'), text.percent, ranges('l')],
          [t('metric.villages'), villages ? get('v0') / villages : null,
            villages ? get('v1') / villages : null,
            (share) => (villages ? text.number(Math.round(share * villages)) + '/' + text.number(villages) : '–')],
        ]),
        facts([
          [t('unit.population'), people],
          [t('unit.land'), has(get('land')) ? text.number(get('land'), 1) + '\u00a0km²' : null],
          [t('unit.statutory'), has(get('statutory')) ? text.number(get('statutory'), 1) + '\u00a0km²' : null],
          [t('unit.offPopulation'), has(get('offPop')) ? '≈\u00a0' + text.number(get('offPop')) : null],
          [t('unit.offLand'), has(get('offLand')) ? text.number(get('offLand'), 1) + '\u00a0km²' : null],
          [t('unit.gaps'), level === 'commune' ? text.number(gaps.length) : null],
          [t('unit.predecessors'), get('was')],
        ]),
        breakdown(data.by[level], i),
        gaps.length ? el('p', { class: 'qn-links' }, gaps.slice(0, 3).map((g) => QN.gapButton(g))) : null,
        foot(get('note'), t('unit.modelled') + ' ' + t('sure.shareHint'),
          has(get('p1lo')) ? t('sure.intervalNote') : null));
    },

    village(data, i) {
      const v = data.villages;
      const get = (key) => (v[key] ? v[key][i] : null);
      const where = [get('former'), unitName(data, get('unit'))].filter(has);
      return el('div', { class: 'qn-pop' },
        heading(get('name'), where.join(' → ')),
        el('p', { class: 'qn-tags' }, chip(get('origin')),
          get('prog') ? el('span', { class: 'qn-chip qn-chip-firm' }, t('village.programme')) : null),
        QN.why.certainty(data, i),
        facts([
          [t('sure.byModel'), changed(verdict(get('s0')), verdict(get('s1')))],
          [t('village.margin'), [margin(get('m0')), margin(get('m1'))].filter(has).join(' → ') || null],
          [t('village.server'), [get('op'), get('tech'), get('site')].filter(has).join(' · ') || null],
          [t('village.depends'), has(get('dep')) ? get('dep') : null],
          [t('time.first'), QN.moments.first(data, i)],
          [t('village.people'), [
            has(get('pop')) ? t('n.people', { n: text.number(get('pop')) }) : null,
            has(get('hh')) ? t('n.households', { n: text.number(get('hh')) }) : null,
          ].filter(has).join(', ') || null],
          [t('village.served'), has(get('served')) ? text.date(get('served')) : null],
          [t('place.uncertainty'), uncertainty(get('r'))],
        ]),
        QN.why.reasons(data, get('id'), 'why.method', get('c1') === 'cannot_tell'),
        foot(get('note'), get('source')));
    },

    measurement(data, i) {
      const m = data.measurements;
      return el('div', { class: 'qn-pop' },
        heading(t('measure.title', { rank: m.rank[i] })),
        facts([
          [t('measure.settled'), text.number(m.settled[i], 2)],
          [t('measure.people'), text.number(m.people[i])],
          [t('measure.inAll'), text.number(m.inAll[i], 2)],
        ]),
        foot(t('measure.note')));
    },

    place(data, i) {
      const p = data.places;
      const get = (key) => (p[key] ? p[key][i] : null);
      const sub = [text.language === 'en' ? get('en') : null, unitName(data, get('unit'))];
      return el('div', { class: 'qn-pop' },
        heading(get('name'), sub.filter(has).join(' · ')),
        el('p', { class: 'qn-tags' },
          has(get('kind')) ? el('span', { class: 'qn-chip qn-chip-firm' }, text.code('place.kind', get('kind'))) : null,
          chip(get('origin'))),
        facts([
          [t('place.reported'), said(get('reported'))],
          [t('place.uncertainty'), uncertainty(get('r'))],
        ]),
        foot(get('note'), get('source')));
    },

    site(data, i) {
      const s = data.sites;
      const get = (key) => (s[key] ? s[key][i] : null);
      return el('div', { class: 'qn-pop' },
        heading(get('name') || get('id'), has(get('name')) ? get('id') : null),
        el('p', { class: 'qn-tags' }, chip(get('origin'))),
        facts([
          [t('site.operator'), get('op')],
          [t('site.technology'), has(get('tech')) ? get('tech').split(' ').join(', ') : null],
          [t('site.programme'), has(get('prog')) ? text.code('programme', get('prog')) : null],
          [t('site.height'), has(get('h')) ? text.number(get('h'), 0) + '\u00a0m' : null],
          [t('site.sectors'), text.number(get('n'))],
          [t('site.onAir'), text.date(get('on'))],
          [t('site.served'), has(get('served')) ? t('n.people', { n: text.number(get('served')) }) : null],
          [t('site.alone'), has(get('alone')) ? alone(get) : null],
          [t('site.offAir'), has(get('off')) ? text.date(get('off')) : null],
          [t('place.uncertainty'), uncertainty(get('r'))],
        ]),
        foot(get('source')));
    },

    gap(data, i) {
      const g = data.gaps;
      const get = (key) => (g[key] ? g[key][i] : null);
      return el('div', { class: 'qn-pop' },
        heading(t('gap.title', { rank: get('rank') }), get('communes') || get('commune')),
        facts([
          [t('gap.area'), text.number(get('km2'), 1) + '\u00a0km²'],
          [t('gap.population'), '≈\u00a0' + text.number(get('pop'))],
          [t('gap.villages'), text.number(get('v'))],
          [t('gap.reason'), has(get('reason')) ? text.code('reason', get('reason')) : null],
          [t('gap.distance'), has(get('km')) ? text.number(get('km'), 1) + '\u00a0km' : null],
          [t('gap.best'), has(get('best')) ? margin(get('best')) : t('gap.nosignal')],
          [t('gap.worst'), has(get('worst')) ? margin(get('worst')) : t('gap.nosignal')],
        ]),
        QN.why.reasons(data, get('id'), 'why.methodGap', false),
        foot(t('gap.after', { date: text.date(data.dates.after) }), t('unit.modelled')));
    },
  };
  QN.el = el;
  QN.has = has;
  QN.facts = facts;
  QN.withLinks = withLinks;
  QN.said = said;
  QN.bar = bar;
  QN.popups = popups;
})(window.QN);
