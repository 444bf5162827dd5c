'use strict';
(() => {
  const cards = [...document.querySelectorAll('.certificate')];
  if (cards.length < 2) return;
  const make = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  const control = (label, element) => make('label', {}, label + ' ', element);
  const choice = (label, ...words) => {
    const select = make('select', {}, ...words.map(word => new Option(word[0], word[1] ?? word[0])));
    return [control(label, select), select];
  };
  const [account_label, account] = choice('account', ['all', '']);
  const [verdict_label, verdict] =
    choice('verdict', ['all', ''], ...[...new Set(cards.map(card => card.dataset.verdict))].map(badge => [badge]));
  const [severity_label, severity] = choice('severity', ['all', ''], ['high'], ['medium'], ['low'], ['none']);
  const [order_label, order] =
    choice('order', ['by account', ''], ['worst first', 'severity'], ['by upload date', 'date'], ['by name', 'name']);
  const words = make('input', { type: 'search' });
  const output = make('output', {}, `${cards.length} certificates`);
  const search = make('section', { id: 'search', role: 'search' }, make('h2', {}, 'Find certificates'), account_label,
    verdict_label, severity_label, order_label, control('text', words), output);
  const sorted = make('section', { id: 'sorted', hidden: true }, make('h2', {}, 'Certificates of all accounts'));
  cards[0].closest('section').before(search, sorted);
  const severities = ['high', 'medium', 'low', 'none'];
  const all = cards.map((card, index) => ({
    card, index,
    section: card.closest('section'),
    severity: severities.indexOf(card.dataset.severity),
  }));
  const comparisons = {
    name: (a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : a.index - b.index,
    date: (a, b) => a.date < b.date ? -1 : a.date > b.date ? 1 : a.index - b.index,
    severity: (a, b) => a.severity - b.severity || a.index - b.index,
  };
  const sections = [...new Set(all.map(one => one.section))], parts = document.querySelectorAll('.part');
  sections.forEach((section, index) => account.add(new Option(section.querySelector('h2').textContent, index)));

  const sort = () => {
    const compare = comparisons[order.value];
    if (!all[0].home)
      for (const one of all) {
        one.name = one.card.querySelector('bdi').textContent;
        one.date = one.card.querySelector('time')?.textContent ?? '~';
        one.home = document.createElement('template'); // marks where the card belongs
        one.card.before(one.home);
      }
    sorted.hidden = !compare;
    if (compare) sorted.append(...[...all].sort(compare).map(one => one.card));
    else all.forEach(one => one.home.after(one.card));
    filter();
  };
  const filter = () => {
    const text = words.value.toLowerCase();
    const is_filtered = text || account.value || verdict.value || severity.value;
    let count = 0;
    for (const one of all) {
      if (text) one.text ??= one.card.textContent.toLowerCase();
      one.card.hidden = (account.value && one.section !== sections[account.value])
        || (verdict.value && one.card.dataset.verdict !== verdict.value)
        || (severity.value && one.card.dataset.severity !== severity.value)
        || (text && !one.text.includes(text));
      count += !one.card.hidden;
    }
    const has_shown = element => [...element.querySelectorAll('.certificate')].some(card => !card.hidden);
    sections.forEach(section => section.hidden = !sorted.hidden || (is_filtered && !has_shown(section)));
    parts.forEach(part => part.hidden = !has_shown(part));
    output.textContent = `${count} of ${all.length} certificates`;
  };
  let wait;
  words.addEventListener('input', () => { clearTimeout(wait); wait = setTimeout(filter, 150); });
  order.addEventListener('change', sort);
  [account, verdict, severity].forEach(select => select.addEventListener('change', filter));
  // A link leads to a card wherever it is folded.
  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    for (let fold = target; fold; fold = fold.parentElement) if (fold.tagName === 'DETAILS') fold.open = true;
    target?.scrollIntoView();
  };
  addEventListener('hashchange', reveal);
  reveal();
})();
