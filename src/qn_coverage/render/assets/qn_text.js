/* Words and numbers: one language at a time, Vietnamese first. */
window.QN = {};
(function (QN) {
  'use strict';

  const NBSP = '\u00a0';
  const MINUS = '\u2212';
  const UNIT_PREFIX =
    /^(xa|phuong|dac khu|thi tran|thi xa|thanh pho|huyen|tinh|thon|ban|khu pho|khu|to)\s+/;
  let labels = {};
  let language = 0;

  function grouped(digits, mark) {
    return digits.replace(/\B(?=(\d{3})+$)/g, mark);
  }

  const text = {
    use(dictionary) { labels = dictionary; },
    get language() { return language ? 'en' : 'vi'; },
    set language(name) { language = name === 'en' ? 1 : 0; },

    /* One of a pair [vi, en]. */
    pick(pair) { return pair ? pair[language] || pair[0] : ''; },

    /* Label by key, with {name} replaced by values. */
    t(key, values) {
      const found = labels[key];
      if (!found) { return key; }
      return found[language].replace(/\{(\w+)\}/g, (whole, name) =>
        values && values[name] !== undefined ? values[name] : whole);
    },

    /* Label of a code such as an origin or a verdict; the code itself where there is none. */
    code(group, value) {
      const found = labels[group + '.' + value];
      return found ? found[language] : String(value);
    },

    number(value, digits) {
      if (value === null || value === undefined) { return '–'; }
      const [whole, part] = Math.abs(value).toFixed(digits || 0).split('.');
      const out = grouped(whole, language ? ',' : '.') + (part ? (language ? '.' : ',') + part : '');
      return value < 0 && Number(Math.abs(value).toFixed(digits || 0)) !== 0 ? MINUS + out : out;
    },

    /* Share 0-1 as percent. What is not everything never reads as 100, nor some as 0. */
    percent(share, digits) {
      if (share === null || share === undefined) { return '–'; }
      const places = digits === undefined ? 1 : digits;
      const step = Math.pow(10, -places);
      let value = share * 100;
      if (share < 1 && value > 100 - step) { value = 100 - step; }
      const tiny = share > 0 && value < step;
      const sign = language ? '%' : NBSP + '%';
      return (tiny ? '<' + NBSP : '') + text.number(tiny ? step : value, places) + sign;
    },

    /* Interval of a share, as the report writes it. */
    range([low, high]) {
      return t('sure.interval', { low: text.percent(low), high: text.percent(high) });
    },

    /* One of eight directions from a bearing in degrees. */
    compass(degrees) { return t('compass.' + (Math.round(degrees / 45) % 8)); },

    date(iso) {
      if (!iso) { return '–'; }
      const [year, month, day] = iso.split('-');
      return language ? iso : day + '/' + month + '/' + year;
    },

    /* Metres, or kilometres from 1,000 m on. */
    distance(metres) {
      if (metres === null || metres === undefined) { return '–'; }
      return metres < 1000
        ? text.number(metres) + NBSP + 'm'
        : text.number(metres / 1000, metres < 10000 ? 1 : 0) + NBSP + 'km';
    },

    /* Key for comparing: no case, no diacritics, đ as d. */
    fold(value) {
      return value.replace(/[đĐ]/g, 'd').normalize('NFD').replace(/\p{M}/gu, '')
        .toLowerCase().trim().split(/\s+/).join(' ');
    },

    /* As fold, without the word for the kind of unit. */
    foldName(value) { return text.fold(value).replace(UNIT_PREFIX, ''); },

    /* Lines of at most some characters, broken at blanks. */
    wrapped(value, most) {
      return value.split(' ').reduce((lines, word) => {
        const longer = lines[lines.length - 1] + ' ' + word;
        if (lines[0] === '') { return [word]; }
        return longer.length <= most ? [...lines.slice(0, -1), longer] : [...lines, word];
      }, ['']).join('\n');
    },

    /* Vietnamese name without the word for the kind of unit, for labels on the map. */
    shortName(value) {
      return value.replace(/^(Xã|Phường|Đặc khu|Thị trấn)\s+/i, '');
    },
  };
  const t = text.t;
  QN.text = text;
})(window.QN);
