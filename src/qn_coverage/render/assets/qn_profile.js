/* Terrain between a mast and a place as a small picture. */
(function (QN) {
  'use strict';
  const { text } = QN;
  const t = text.t;
  const WIDTH = 320;
  const HEIGHT = 150;
  const FRAME = { left: 38, right: 310, top: 20, bottom: 116 };
  const GROUND = '#c9b391';
  const CLUTTER = '#9dbb86';
  const LINE = '#1f2a33';
  const BLOCK = '#c0392b';

  /* Columns of steps back to values. */
  function summed(steps) {
    let sum = 0;
    return steps.map((step) => { sum += step; return sum; });
  }

  /* Round step that makes at most so many parts of a span. */
  function niceStep(span, most) {
    const raw = Math.max(span, 1e-9) / most;
    const power = Math.pow(10, Math.floor(Math.log10(raw)));
    return power * [1, 2, 5, 10].find((factor) => factor * power >= raw);
  }

  function scales(x, low, high) {
    const span = Math.max(high - low, 10);
    const far = x[x.length - 1];
    return {
      across: (m) => FRAME.left + m / far * (FRAME.right - FRAME.left),
      up: (m) => FRAME.bottom - (m - low) / span * (FRAME.bottom - FRAME.top),
    };
  }

  function pointsOf(xs, ys) {
    return xs.map((x, i) => x.toFixed(1) + ',' + ys[i].toFixed(1)).join(' ');
  }

  function label(x, y, words, anchor) {
    const node = QN.svg('text', { x, y, 'text-anchor': anchor || 'middle' });
    node.textContent = words;
    return node;
  }

  function axes(far, low, high, { across, up }) {
    const nodes = [];
    const stepY = niceStep(high - low, 4);
    for (let m = Math.ceil(low / stepY) * stepY; m <= high; m += stepY) {
      nodes.push(QN.svg('path', { d: 'M' + FRAME.left + ' ' + up(m) + 'H' + FRAME.right, stroke: '#e4e0d8', 'stroke-width': 1 }),
        label(FRAME.left - 4, up(m) + 4, text.number(m), 'end'));
    }
    const km = far / 1000;
    const stepX = niceStep(km, 5);
    const digits = stepX < 1 ? 1 : 0;
    for (let at = 0; at <= km + 1e-9; at += stepX) {
      nodes.push(QN.svg('path', { d: 'M' + across(at * 1000) + ' ' + FRAME.bottom + 'v3', stroke: '#7a858d' }),
        label(across(at * 1000), FRAME.bottom + 14, text.number(at, digits)));
    }
    nodes.push(label((FRAME.left + FRAME.right) / 2, HEIGHT - 6, t('profile.distance')),
      label(3, 11, t('profile.height'), 'start'));
    return nodes;
  }

  /* Straight line between the antennas; over the curved Earth it sags towards the sea level. */
  function sight(x, from, to, earthKm) {
    const far = x[x.length - 1];
    return x.map((m) => from + (to - from) * m / far - m * (far - m) / (2000 * earthKm));
  }

  function edgeMark(p, x, top, line, { across, up }) {
    if (p.e === null) { return []; }
    const at = across(x[p.e]);
    const peak = up(top[p.e]);
    const blocks = top[p.e] > line[p.e];
    const stick = QN.svg('path', {
      d: 'M' + at + ' ' + up(line[p.e]) + 'V' + peak, stroke: blocks ? BLOCK : '#7a858d', 'stroke-width': 1.6,
    });
    return [stick, QN.svg('path', {
      d: 'M' + at + ' ' + (peak - 10) + 'l5 8h-10Z', fill: blocks ? BLOCK : '#7a858d', class: 'qn-edge',
    })];
  }

  /* Picture of one profile; site is what the mast is called. */
  QN.profile = function (p, earthKm, site) {
    const x = summed(p.x);
    const g = summed(p.g);
    const top = g.map((m, i) => m + p.c[i]);
    const last = x.length - 1;
    const line = sight(x, g[0] + p.t, g[last] + p.r, earthKm);
    const low = Math.min(0, ...g, ...line);
    const high = Math.max(...top, ...line) * 1.04 + 3;
    const scale = scales(x, low, high);
    const xs = x.map(scale.across);
    const ground = pointsOf(xs, g.map(scale.up));
    const corners = ' ' + FRAME.right + ',' + FRAME.bottom + ' ' + FRAME.left + ',' + FRAME.bottom;
    const mast = (i, height) => QN.svg('path', {
      d: 'M' + xs[i] + ' ' + scale.up(g[i]) + 'V' + scale.up(g[i] + height), stroke: LINE, 'stroke-width': 2.4,
    });
    const dot = (i, height) => QN.svg('circle', { cx: xs[i], cy: scale.up(g[i] + height), r: 2.6, fill: LINE });
    return QN.svg('svg', {
      class: 'qn-profile', viewBox: '0 0 ' + WIDTH + ' ' + HEIGHT, role: 'img',
      'aria-label': t('profile.label', { site }),
    },
    ...axes(x[last], low, high, scale),
    QN.svg('polygon', { points: pointsOf(xs, top.map(scale.up)) + corners, fill: CLUTTER }),
    QN.svg('polygon', { points: ground + corners, fill: GROUND }),
    QN.svg('polyline', { points: ground, fill: 'none', stroke: '#8a7350', 'stroke-width': 1 }),
    QN.svg('polyline', {
      points: pointsOf(xs, line.map(scale.up)), fill: 'none', stroke: LINE, 'stroke-width': 1.3, 'stroke-dasharray': '5 3',
    }),
    ...edgeMark(p, x, top, line, scale),
    mast(0, p.t), dot(0, p.t), mast(last, p.r), dot(last, p.r),
    label(xs[0] + 4, scale.up(g[0] + p.t) - 5, t('profile.mast'), 'start'),
    label(xs[last] - 2, scale.up(g[last] + p.r) - 6, t('profile.phone'), 'end'));
  };
})(window.QN);
