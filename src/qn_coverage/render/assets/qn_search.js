/* Search that forgives: no case, no diacritics, đ as d, words in any order. */
(function (QN) {
  'use strict';
  const { text } = QN;
  const SHOWN = 8;

  /* How well an entry answers a folded query: lower is better, null is not at all. */
  function score(entry, query, words) {
    if (entry.bare === query) { return 0; }
    if (entry.bare.startsWith(query)) { return 1; }
    if ((' ' + entry.key).includes(' ' + query)) { return 2; }
    if (words.every((word) => (' ' + entry.key).includes(' ' + word))) { return 3; }
    return entry.key.includes(query) ? 4 : null;
  }

  const search = {
    /* entries: [{name, alias, kind, rank, describe(), go()}] */
    index(entries) {
      return entries.map((entry) => Object.assign({
        key: text.fold([entry.name, entry.alias || ''].join(' ')),
        bare: text.foldName(entry.name),
      }, entry));
    },

    find(index, query) {
      const folded = text.fold(query);
      if (!folded) { return []; }
      const words = folded.split(' ');
      return index
        .map((entry, order) => ({ entry, order, score: score(entry, folded, words) }))
        .filter((hit) => hit.score !== null)
        .sort((a, b) => a.score - b.score || a.entry.rank - b.entry.rank || a.order - b.order)
        .slice(0, SHOWN)
        .map((hit) => hit.entry);
    },

    /* Combobox of the WAI-ARIA pattern: arrows move, Enter goes, Escape closes. */
    attach(input, list, index) {
      let hits = [];
      let active = -1;

      function close() {
        list.hidden = true;
        active = -1;
        input.setAttribute('aria-expanded', 'false');
        input.removeAttribute('aria-activedescendant');
      }
      function choose(entry) {
        input.value = entry.name;
        close();
        input.blur();
        entry.go();
      }
      function mark(next) {
        const options = list.querySelectorAll('[role=option]');
        if (!options.length) { return; }
        active = (next + options.length) % options.length;
        options.forEach((option, i) => option.setAttribute('aria-selected', String(i === active)));
        options[active].scrollIntoView({ block: 'nearest' });
        input.setAttribute('aria-activedescendant', options[active].id);
      }
      function option(entry, i) {
        const item = QN.el('li', { role: 'option', id: 'qn-hit-' + i, 'aria-selected': 'false' },
          QN.el('span', { class: 'qn-hit-name' }, entry.name),
          QN.el('span', { class: 'qn-hit-kind' }, entry.describe()));
        item.addEventListener('mousedown', (event) => { event.preventDefault(); choose(entry); });
        return item;
      }
      function show() {
        hits = search.find(index, input.value);
        const none = QN.el('li', { class: 'qn-hit-none' }, text.t('search.none'));
        list.replaceChildren(...(hits.length ? hits.map(option) : [none]));
        list.hidden = !input.value.trim();
        input.setAttribute('aria-expanded', String(!list.hidden));
        if (hits.length) { mark(0); }
      }
      input.addEventListener('input', show);
      input.addEventListener('focus', () => { input.select(); if (input.value) { show(); } });
      input.addEventListener('blur', close);
      input.addEventListener('keydown', (event) => {
        if (event.key === 'ArrowDown') { mark(active + 1); event.preventDefault(); }
        else if (event.key === 'ArrowUp') { mark(active - 1); event.preventDefault(); }
        else if (event.key === 'Enter' && hits[active]) { choose(hits[active]); }
        else if (event.key === 'Escape') { input.value = ''; close(); }
      });
    },
  };
  QN.search = search;
})(window.QN);
