// SPDX-License-Identifier: MIT
// What a browser makes of html reports: browser.mjs CHROMIUM FOLDER, where FOLDER has NAME.html and NAME.json of the
// same run. Prints a line for each thing that is wrong, and at last "N passed, N failed, N skipped".
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { HtmlValidate } from 'html-validate';
import { chromium } from 'playwright-core';

const [executablePath, folder] = process.argv.slice(2);
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
// Rules of style that the report does not follow: its own white space, and attributes in any order.
const validator = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: { 'no-trailing-whitespace': 'off', 'no-inline-style': 'error', 'long-title': 'off', 'prefer-native-element': 'off' },
});
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
let passed = 0, failed = 0, skipped = 0;

const check = (sentence, problems) => {
  passed += problems.length === 0;
  failed += problems.length > 0;
  if (problems.length > 0) console.log(`FAIL ${sentence}\n${problems.slice(0, 8).map(problem => `    ${problem}`).join('\n')}`);
};

// Opens the page and gives it to use; what it asks for, and its errors, are problems.
const visit = async (file, options, use) => {
  const problems = [];
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const url = pathToFileURL(file).href;
  page.on('request', request => request.url() === url || problems.push(`it asks for ${request.url()}`));
  page.on('console', message => problems.push(`console: ${message.text()}`));
  page.on('pageerror', error => problems.push(`error: ${error}`));
  page.setDefaultTimeout(20000);
  try {
    await page.goto(url);
    problems.push(...await use(page) ?? []);
  } catch (error) {
    problems.push(String(error).split('\n')[0]);
  }
  await context.close();
  return problems;
};

const control = (page, label) => page.locator('#search label', { hasText: new RegExp(`^${label} `) }).locator('select,input');

// In what order the page shows the cards that it shows.
const shown = page => page.$$eval('.certificate', cards => cards.filter(card => card.checkVisibility())
  .map(card => ({
    verdict: card.dataset.verdict, severity: card.dataset.severity, name: card.querySelector('bdi').textContent,
    date: card.querySelector('time')?.textContent ?? '~', account: card.closest('section').id,
  })));

const filter = certificates => async page => {
  const problems = [];
  const expect = async (sentence, count) => {
    const found = (await shown(page)).length;
    if (found !== count) problems.push(`${sentence}: ${found} are shown, ${count} expected`);
  };
  if (certificates.length < 2) return problems;
  const before = JSON.stringify(await shown(page));
  await expect('without a filter', certificates.length);
  const cards = await shown(page);
  for (const verdict of ['vulnerable', 'undetermined']) {
    const found = cards.filter(card => card.verdict.startsWith(verdict)).length;
    const expected = certificates.filter(one => one.verdict === verdict).length;
    if (found !== expected) problems.push(`${found} cards are ${verdict}, ${expected} expected`);
  }
  for (const badge of new Set(cards.map(card => card.verdict))) {
    await control(page, 'verdict').selectOption(badge);
    await expect(`verdict ${badge}`, cards.filter(card => card.verdict === badge).length);
  }
  await control(page, 'verdict').selectOption('');
  for (const severity of ['high', 'medium', 'low', null]) {
    await control(page, 'severity').selectOption(severity ?? 'none');
    await expect(`severity ${severity}`, certificates.filter(one => one.worst_severity === severity).length);
  }
  await control(page, 'severity').selectOption('');
  await control(page, 'account').selectOption('0');
  const of_first = await shown(page);
  if (of_first.length === 0 || new Set(of_first.map(card => card.account)).size > 1) problems.push('an account shows others');
  await control(page, 'account').selectOption('');
  await control(page, 'text').fill('no certificate has this text');
  await page.waitForFunction(() => document.querySelector('output').textContent.startsWith('0 of'));
  await expect('another text', 0);
  await control(page, 'text').fill('');
  await page.waitForFunction(count => document.querySelector('output').textContent.startsWith(`${count} of`), certificates.length);
  for (const [order, key] of [['date', card => card.date], ['name', card => card.name],
    ['severity', card => ['high', 'medium', 'low', 'none'].indexOf(card.severity)]]) {
    await control(page, 'order').selectOption(order);
    const keys = (await shown(page)).map(key);
    await expect(`sorted by ${order}`, certificates.length);
    if (keys.some((one, index) => index > 0 && one < keys[index - 1])) problems.push(`not sorted by ${order}: ${keys}`);
  }
  await control(page, 'order').selectOption('');
  if (JSON.stringify(await shown(page)) !== before) problems.push('sorting is not undone');
  return problems;
};

const without_script = certificates => async page => {
  const names = await page.$$eval('.certificate > summary > bdi', all => all.map(one => one.textContent));
  const problems = names.length === certificates.length ? [] : [`${names.length} of ${certificates.length} certificates`];
  if (await page.locator('#search').count() > 0) problems.push('controls that do nothing');
  return problems;
};

// Eight digits of the table's own font are the least that a column may have. Headings of columns are not shown, for cells
// stand below each other.
const narrow = page => page.evaluate(() => {
  const problems = [];
  const ruler = document.createElement('canvas').getContext('2d');
  if (document.documentElement.scrollWidth > innerWidth) problems.push('the page scrolls sideways');
  for (const table of document.querySelectorAll('table'))
    if (table.scrollWidth > table.parentElement.clientWidth) problems.push(`a table scrolls sideways: ${table.parentElement.ariaLabel}`);
  for (const cell of document.querySelectorAll('td')) {
    const style = getComputedStyle(cell);
    ruler.font = style.font;
    if (cell.clientWidth < Math.floor(ruler.measureText('00000000').width))
      problems.push(`a column ${cell.clientWidth} px wide: ${cell.textContent.slice(0, 40)}`);
  }
  for (const heading of document.querySelectorAll('h1,h2,h3,th,summary'))
    if (heading.scrollWidth > heading.clientWidth + 1 || heading.getBoundingClientRect().left < 0)
      problems.push(`cut: ${heading.textContent.slice(0, 40)}`);
  return problems;
});

// Words of the first table that its columns have room for stand on one line, and no label of a timeline is over another.
const wide = page => page.evaluate(() => {
  const problems = [];
  for (const cell of document.querySelectorAll('#matter td:nth-child(2),#matter td:nth-child(5)')) {
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    for (let text; (text = walker.nextNode());)
      for (const word of text.data.matchAll(/\S+/g)) {
        const range = document.createRange();
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        if (word[0].length <= 18 && range.getClientRects().length > 1) problems.push(`broken: ${word[0]}`);
      }
  }
  for (const image of document.querySelectorAll('svg')) {
    const labels = [...image.querySelectorAll('text')].map(one => [one.textContent, one.getBoundingClientRect()]);
    for (const [index, [text, a]] of labels.entries())
      for (const [other, b] of labels.slice(index + 1))
        if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4)
          problems.push(`${text} is over ${other}`);
  }
  return problems;
});

const accessible = async page => {
  await page.addScriptTag({ path: axe });
  const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }));
  return violations.filter(one => ['serious', 'critical'].includes(one.impact))
    .map(one => `${one.id}: ${one.help}: ${one.nodes[0].html.slice(0, 160)}`);
};

const words = text => text.normalize('NFKC').replaceAll(/\s/g, '');
const prints = async (file, certificates, most_pages) => {
  const problems = [];
  for (const format of ['A4', 'Letter']) {
    const pdf = path.join(folder, 'printed.pdf');
    const found = await visit(file, {}, async page => { await page.pdf({ path: pdf, format, printBackground: true }); });
    problems.push(...found);
    const text = words(execFileSync('pdftotext', ['-layout', pdf, '-'], { encoding: 'utf8', maxBuffer: 1 << 28 }));
    const pages = Number(/Pages:\s+(\d+)/.exec(execFileSync('pdfinfo', [pdf], { encoding: 'utf8' }))[1]);
    for (const one of certificates)
      if (one.name && /^[\w.-]+$/.test(one.name) && !text.includes(one.name)) problems.push(`${format}: ${one.name} is missing`);
    if (!text.includes(`1/${pages}`) || !text.includes(`${pages}/${pages}`)) problems.push(`${format}: no page numbers`);
    if (pages > most_pages) problems.push(`${format}: ${pages} pages`);
  }
  return problems;
};

const has_poppler = (() => {
  try { execFileSync('pdftotext', ['-v'], { stdio: 'ignore' }); return true; } catch { return false; }
})();
for (const name of readdirSync(folder).filter(name => name.endsWith('.html'))) {
  const file = path.join(folder, name);
  const { certificates } = JSON.parse(readFileSync(file.replace('.html', '.json'), 'utf8'));
  const validated = await validator.validateString(readFileSync(file, 'utf8'));
  check(`${name}: valid`, validated.results.flatMap(result => result.messages)
    .map(message => `${message.line}:${message.column} ${message.ruleId}: ${message.message}`));
  check(`${name}: filters and sorts`, await visit(file, {}, filter(certificates)));
  check(`${name}: reads with scripts off`, await visit(file, { javaScriptEnabled: false }, without_script(certificates)));
  check(`${name}: fits 1280 px`, await visit(file, {}, wide));
  check(`${name}: fits 390 px`, await visit(file, { viewport: { width: 390, height: 844 } }, narrow));
  for (const colorScheme of ['light', 'dark'])
    check(`${name}: axe, ${colorScheme}`, await visit(file, { bypassCSP: true, colorScheme }, accessible));
  if (has_poppler) check(`${name}: prints`, await prints(file, certificates, name === 'six.html' ? 6 : Infinity));
}
if (!has_poppler) {
  console.log('SKIP printing: poppler-utils is not installed');
  skipped = 1;
}
await browser.close();
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
