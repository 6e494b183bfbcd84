/* Signs on the map. Verdicts differ in shape as well as in colour. */
(function (QN) {
  'use strict';
  const SVG = 'http://www.w3.org/2000/svg';
  const VERDICTS = {
    covered: ['circle', { cx: 8, cy: 8, r: 5.8 }, 'M5.3 8.2 7.2 10.1 10.8 6.2', '#fff'],
    not_covered: ['path', { d: 'M8 .9 15.1 8 8 15.1 .9 8Z' }, 'M4.9 8H11.1', '#fff'],
    cannot_tell: ['rect', { x: 2.2, y: 2.2, width: 11.6, height: 11.6, rx: 1.5 },
      'M6 6.6C6 4.3 10 4.3 10 6.6 10 8.1 8 8 8 9.5M8 11.3V11.7', '#fff'],
  };
  const CLASSES = {
    covered: VERDICTS.covered,
    weak: ['path', { d: 'M8 1.2 15.2 14.2 .8 14.2Z' }, 'M8 6V9.4M8 11.6V11.8', '#1f2a33'],
    no_signal: VERDICTS.not_covered,
    cannot_tell: VERDICTS.cannot_tell,
  };
  const CLAIMS = {
    supported: VERDICTS.covered,
    contradicted: ['path', { d: 'M8 .9 15.1 8 8 15.1 .9 8Z' }, 'M5.7 5.7 10.3 10.3M10.3 5.7 5.7 10.3', '#fff'],
    not_testable: VERDICTS.cannot_tell,
  };
  let palette = {};

  function svg(tag, attributes, ...children) {
    const node = document.createElementNS(SVG, tag);
    Object.entries(attributes).forEach(([name, value]) => node.setAttribute(name, value));
    node.append(...children);
    return node;
  }

  function sheet(size, box, ...children) {
    return svg('svg', { width: size, height: size, viewBox: box, 'aria-hidden': 'true' }, ...children);
  }

  function sign([tag, shape, stroke, ink], colour, size) {
    return sheet(size, '0 0 16 16',
      svg(tag, Object.assign({ fill: colour || '#999', stroke: '#fff', 'stroke-width': 1.2, 'stroke-linejoin': 'round' }, shape)),
      svg('path', { d: stroke, fill: 'none', stroke: ink, 'stroke-width': 1.8, 'stroke-linecap': 'round' }));
  }

  /* Ring sector from share a to share b of the turn. */
  function slice(a, b, radius, hole, colour) {
    if (b - a > 0.9999) { b = a + 0.9999; }
    const at = (share, r) => {
      const angle = 2 * Math.PI * (share - 0.25);
      return (20 + r * Math.cos(angle)).toFixed(2) + ' ' + (20 + r * Math.sin(angle)).toFixed(2);
    };
    const large = b - a > 0.5 ? 1 : 0;
    return svg('path', {
      fill: colour,
      d: 'M' + at(a, radius) + 'A' + radius + ' ' + radius + ' 0 ' + large + ' 1 ' + at(b, radius)
        + 'L' + at(b, hole) + 'A' + hole + ' ' + hole + ' 0 ' + large + ' 0 ' + at(a, hole) + 'Z',
    });
  }

  QN.svg = svg;
  QN.symbols = {
    use(colours) { palette = colours; },

    verdict(code, size) {
      const [tag, shape, sign, ink] = VERDICTS[code] || VERDICTS.cannot_tell;
      return sheet(size, '0 0 16 16',
        svg(tag, Object.assign({ fill: palette.verdict[code] || '#999', stroke: '#fff', 'stroke-width': 1.2 }, shape)),
        svg('path', { d: sign, fill: 'none', stroke: ink, 'stroke-width': code === 'not_covered' ? 2.2 : 1.7, 'stroke-linecap': 'round' }));
    },

    /* Class of a rule, verdict on a claim. */
    class(code, size) { return sign(CLASSES[code] || CLASSES.cannot_tell, palette.class[code], size); },
    claim(code, size) { return sign(CLAIMS[code] || CLAIMS.not_testable, palette.claim[code], size); },

    /* Where to measure: its rank in a ring. */
    measurement(rank, size) {
      const label = svg('text', {
        x: 12, y: 12.6, 'text-anchor': 'middle', 'dominant-baseline': 'middle', class: 'qn-cluster-n', 'font-size': 11.5,
      });
      label.textContent = rank;
      return sheet(size, '0 0 24 24',
        svg('circle', { cx: 12, cy: 12, r: 9.4, fill: '#fff', stroke: palette.measurement, 'stroke-width': 2.6 }),
        svg('path', { d: 'M12 0V4M12 20V24M0 12H4M20 12H24', stroke: palette.measurement, 'stroke-width': 2.2 }), label);
    },

    /* Filled star, hollow star, small triangle: named, reported, for reference only. */
    place(kind, size) {
      if (kind === 'control_point') {
        return sheet(size, '0 0 24 24', svg('path', {
          d: 'M12 5 20 19 4 19Z', fill: '#fff', stroke: '#55626c', 'stroke-width': 2.4, 'stroke-linejoin': 'round',
        }));
      }
      const hollow = kind === 'reported_site';
      return sheet(size, '0 0 24 24',
        svg('path', {
          d: 'M12 1.8 14.9 8.6 22.2 9.3 16.7 14.1 18.3 21.3 12 17.5 5.7 21.3 7.3 14.1 1.8 9.3 9.1 8.6Z',
          fill: hollow ? '#fff' : '#1f2a33', stroke: hollow ? '#1f2a33' : '#fff', 'stroke-width': 1.6, 'stroke-linejoin': 'round',
        }));
    },

    site(colour, size) {
      return sheet(size, '0 0 16 16',
        svg('circle', { cx: 8, cy: 8, r: 6, fill: colour, stroke: '#fff', 'stroke-width': 1.6 }),
        svg('path', { d: 'M8 7.2 6 11.6M8 7.2 10 11.6M5.2 5.2A4 4 0 0 1 10.8 5.2', fill: 'none', stroke: '#fff', 'stroke-width': 1.2, 'stroke-linecap': 'round' }));
    },

    /* Ring of counts by colour with their sum in the middle. */
    cluster(counts, size) {
      const sum = counts.reduce((all, [, n]) => all + n, 0);
      let start = 0;
      const ring = counts.map(([colour, n]) => {
        const end = start + n / sum;
        const part = slice(start, end, 18.5, 13, colour);
        start = end;
        return part;
      });
      const label = svg('text', {
        x: 20, y: 20.5, 'text-anchor': 'middle', 'dominant-baseline': 'middle', class: 'qn-cluster-n',
        'font-size': 40 / size * 12,
      });
      label.textContent = QN.text.number(sum);
      return sheet(size, '0 0 40 40', svg('circle', { cx: 20, cy: 20, r: 19.5, fill: '#fff' }), ...ring,
        svg('circle', { cx: 20, cy: 20, r: 13, fill: '#fff' }), label);
    },

    /* Diagonal hatch as a canvas pattern. */
    hatch(colour) {
      const tile = document.createElement('canvas');
      tile.width = tile.height = 7;
      const pen = tile.getContext('2d');
      pen.strokeStyle = colour;
      pen.lineWidth = 1.5;
      pen.beginPath();
      [[-2, 2, 2, -2], [-1, 8, 8, -1], [5, 9, 9, 5]].forEach(([x0, y0, x1, y1]) => {
        pen.moveTo(x0, y0);
        pen.lineTo(x1, y1);
      });
      pen.stroke();
      return pen.createPattern(tile, 'repeat');
    },
  };
})(window.QN);
