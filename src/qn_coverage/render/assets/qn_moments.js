/* Which day, which operator, which technology the map is coloured by. */
(function (QN) {
  'use strict';
  const { text, el } = QN;
  const t = text.t;
  const CODES = ['cannot_tell', 'no_signal', 'weak', 'covered'];
  const COLUMN = { population: 'p', land: 'l', villages: 'v' };
  const byId = (id) => document.getElementById(id);

  /* Covered shares and classes of the chosen day, operator and technology; null for none. */
  function chosen(data, state) {
    if (!state.operator && !state.technology) {
      return { from: data.timeline, at: state.step };
    }
    const found = data.services.of[state.operator + '|' + state.technology];
    return found ? { from: found, at: state.when } : null;
  }

  /* Covered share of a unit, null where there is nothing to cover. */
  function share(data, state, level, i) {
    const found = chosen(data, state);
    if (!found) { return 0; }
    const value = found.from.units[level][COLUMN[state.metric]][found.at][i];
    if (state.metric !== 'villages') { return value; }
    const all = (data.units[level].v || [])[i];
    return all ? value / all : null;
  }

  function classes(data, state) {
    const found = chosen(data, state);
    return data.villages.id.map((id, i) =>
      (found ? CODES[Number(found.from.villages[found.at][i])] : 'no_signal'));
  }

  /* First step at which a village is covered, whatever comes later. */
  function first(data, i) {
    const at = data.timeline.villages.findIndex((digits) => CODES[Number(digits[i])] === 'covered');
    if (at < 0) { return null; }
    return titled(data.timeline.steps[at]);
  }

  /* Title of a step with its day, which many titles tell themselves. */
  function titled(found) {
    const title = text.pick(found.title);
    const day = text.date(found.day);
    return title.includes(day) ? title : day + ': ' + title;
  }

  /* The step, the day and the service in words. */
  function step(data, state) { return data.timeline.steps[state.step]; }
  function service(state) {
    return [state.operator, state.technology].filter(Boolean).join(' · ');
  }
  function named(data, state) {
    const fixed = { [data.timeline.before]: 'when.before', [data.timeline.after]: 'when.after' };
    const now = step(data, state);
    const title = fixed[state.step] ? t(fixed[state.step]) + ', ' + text.date(now.day) : titled(now);
    return title.charAt(0).toUpperCase() + title.slice(1) + (service(state) ? ' · ' + service(state) : '');
  }

  function change(now) {
    const parts = [];
    if (now.gained) { parts.push(t('time.gained', { n: text.number(now.gained) })); }
    if (now.lost) { parts.push(t('time.lost', { n: text.number(now.lost) })); }
    return parts.join(', ');
  }

  function ticks(data) {
    const last = data.timeline.steps.length - 1;
    byId('qn-ticks').replaceChildren(...data.timeline.steps.map((now, i) => {
      const year = now.day.slice(0, 4);
      const same = i > 0 && data.timeline.steps[i - 1].day.slice(0, 4) === year;
      const mark = el('li', { class: same ? 'qn-minor' : '' }, same ? '' : year);
      mark.style.left = (last ? 100 * i / last : 0) + '%';
      return mark;
    }));
  }

  function options(node, values, any, current) {
    node.replaceChildren(...['', ...values].map((value) => {
      const option = el('option', { value }, value || t(any));
      option.selected = value === current;
      return option;
    }));
  }

  function draw(data, state) {
    const now = step(data, state);
    const filtered = Boolean(service(state));
    const slider = byId('qn-step');
    slider.max = data.timeline.steps.length - 1;
    slider.value = state.step;
    slider.disabled = filtered;
    slider.setAttribute('aria-valuetext', text.pick(now.title));
    ticks(data);
    [0, 1].forEach((when) => {
      byId('qn-when-' + when).checked = state.step === data.timeline[when ? 'after' : 'before'];
    });
    const facts = [t('time.share', { share: text.percent(now.p) }), change(now)].filter(Boolean).join('; ')
      + ' · ' + t('time.basis', { basis: text.code('origin', now.basis) });
    byId('qn-step-now').replaceChildren(...[
      el('b', {}, titled(now)), filtered ? null : el('small', {}, facts),
    ].filter(Boolean));
    const away = ![data.timeline.before, data.timeline.after].includes(state.step);
    const hint = filtered ? 'time.hintService' : away ? 'time.hintAway' : '';
    byId('qn-step-hint').hidden = !hint;
    byId('qn-step-hint').textContent = hint ? t(hint) : '';
    options(byId('qn-operator'), data.services.operators, 'service.anyOperator', state.operator);
    options(byId('qn-technology'), data.services.technologies, 'service.anyTechnology', state.technology);
    byId('qn-service-none').hidden = Boolean(chosen(data, state));
  }

  function listen() {
    byId('qn-step').addEventListener('input', (event) => QN.set({ step: Number(event.target.value) }));
    [['qn-operator', 'operator'], ['qn-technology', 'technology']].forEach(([id, key]) =>
      byId(id).addEventListener('change', (event) => QN.set({ [key]: event.target.value })));
  }

  QN.moments = { share, classes, first, titled, named, draw, listen };
})(window.QN);
