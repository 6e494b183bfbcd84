/* The claims with what became of them, and the indicators beside what they are compared with. */
(function (QN) {
  'use strict';
  const { text, el, has, withLinks, said } = QN;
  const t = text.t;

  function line(label, value) {
    return has(value) ? el('p', {}, el('b', {}, label), ' ', withLinks(value)) : null;
  }

  function claim(row) {
    const when = row.day ? ' (' + t('claims.day', { day: text.date(row.day) }) + ')' : '';
    const pick = (pair) => (pair ? text.pick(pair) : '');
    return el('li', {},
      el('p', { class: 'qn-said' }, pick(row.text) + when),
      el('p', {}, el('span', { class: 'qn-verdict' }, QN.symbols.claim(row.verdict, 15), ' ', text.pick(row.label))),
      line(t('claims.place'), row.place),
      line(t('claims.by'), pick(row.by)),
      line(t('claims.needs'), pick(row.needs)),
      line(t('claims.reading'), pick(row.reading)),
      row.besides ? el('details', {}, el('summary', {}, t('claims.besides')), el('p', {}, withLinks(pick(row.besides)))) : null,
      line(t('claims.source'), row.source));
  }

  function indicator(row) {
    return el('li', {},
      el('div', { class: 'qn-told' }, el('span', {}, text.pick(row.name)), el('b', {}, text.pick(row.told))),
      has(row.source) ? el('p', {}, t('indicators.source') + ' ', withLinks(row.source)) : null,
      has(row.note) ? el('p', {}, said(row.note)) : null);
  }

  QN.claims = {
    draw(data) {
      document.getElementById('qn-claims').replaceChildren(...(data.claims.length
        ? data.claims.map(claim) : [el('li', {}, t('claims.none'))]));
      document.getElementById('qn-indicators').replaceChildren(...data.indicators.map(indicator));
    },
  };
})(window.QN);
