// What a browser finds on every page of a planet: axe-core's rules, sideways scrolling, errors of scripts and of the
// policy, requests to others, and what is left without JavaScript.
//
// usage: node check.mjs BASE [--all | --pages PATH,PATH] [--actions] [--screenshots FOLDER]
//
// BASE is a running planet, or the address of a folder that `build` wrote. With --actions, what a person does on a running
// planet is done once more by keyboard alone and without JavaScript.
//
// Pages are found by following links from `/`, two of each kind; with --all, every one; with
// --pages only these, because axe takes minutes over a table of 800 rows.
// Each is opened in light and dark, as wide as a phone and as a desk. Exits 1 and says what is wrong where.

import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import puppeteer from 'puppeteer-core';

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const WIDTHS = [320, 1280];
const SCHEMES = ['light', 'dark'];
const OF_A_KIND = 2;

const [base, ...options] = process.argv.slice(2);
if (!base) { console.error('usage: node check.mjs BASE [--all | --pages PATH,PATH] [--screenshots FOLDER]'); process.exit(2); }
const all = options.includes('--all');
const acts = options.includes('--actions');
const named = options.includes('--pages') ? options[options.indexOf('--pages') + 1].split(',') : null;
const shots = options.includes('--screenshots') ? options[options.indexOf('--screenshots') + 1] : null;
if (shots) mkdirSync(shots, { recursive: true });
const origin = new URL(base).origin;
/** Where the planet is below its host: nothing, or `/course`. */
const below = new URL(base).pathname.replace(/\/$/, '');

/** Addresses that differ only in a number, a name or what follows `?` are of one kind. */
function kind(path) {
  const [place, query] = path.split('?');
  const names = (query ?? '').split('&').map(part => part.split('=')[0]).sort().join('&');
  const file = place.replace(/\b(before|after|missing|sort)-[\w-]+/, '$1').replace(/\/index\.html$/, '/');
  return file.replace(/^\/(things|posts|participants|groups)\/[^/]+/, '/$1/*') + '?' + names;
}

async function pagesOf(browser) {
  const page = await browser.newPage();
  await page.setJavaScriptEnabled(false);
  const [found, seen, queue] = [[], new Map(), ['/']];
  const queued = new Set(queue);
  while (queue.length) {
    const path = queue.shift();
    const count = seen.get(kind(path)) ?? 0;
    if (!all && count >= OF_A_KIND) continue;
    const answer = await page.goto(base + path, { waitUntil: 'domcontentloaded' });
    if (!(answer.headers()['content-type'] ?? '').startsWith('text/html')) continue;
    if (answer.status() !== 200) throw new Error(`${path}: ${answer.status()}`);
    seen.set(kind(path), count + 1);
    found.push(path);
    const links = await page.$$eval('a[href], form[action]', all => all.map(one => one.href ?? one.action));
    for (const link of links) {
      const url = new URL(link, base);
      const next = url.pathname.slice(below.length) + url.search;
      const isFile = /\.(atom|json|opml|csv|xml|css|js)$/.test(url.pathname);
      if (url.origin === origin && url.pathname.startsWith(below + '/') && !isFile && !queued.has(next)) { queued.add(next); queue.push(next); }
    }
  }
  await page.close();
  return found;
}

const faults = [];
const fault = (path, where, what) => faults.push(`${path} (${where}): ${what}`);

/** What a page says and asks for while it is opened. */
function listen(page, say) {
  page.on('console', message => { if (['error', 'warning'].includes(message.type()) && !isMissingPicture(message)) say(`console: ${message.text()}`); });
  page.on('pageerror', error => say(`script: ${error.message}`));
  page.on('request', request => {
    const theirs = new URL(request.url()).origin !== origin && !request.url().startsWith('data:');
    if (theirs && !['image', 'media'].includes(request.resourceType())) say(`asks ${request.url()} for ${request.resourceType()}`);
  });
}

/** The pictures of made-up posts are nowhere. */
function isMissingPicture(message) {
  return /Failed to load resource|ERR_/.test(message.text()) && !(message.location()?.url ?? '').startsWith(origin);
}

async function look(browser, path, scheme, width) {
  const where = `${scheme}, ${width} px`;
  const page = await browser.newPage();
  try {
    listen(page, what => fault(path, where, what));
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    await page.setViewport({ width, height: width < 500 ? 640 : 900 });
    await page.goto(base + path, { waitUntil: 'load' });
    const wide = await page.evaluate(() => {
      const room = document.documentElement.clientWidth;
      const outside = [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > room + 1);
      return document.documentElement.scrollWidth > room ? outside.slice(0, 3).map(one => one.outerHTML.slice(0, 120)) : [];
    });
    if (wide.length) fault(path, where, `scrolls sideways: ${wide.join(' | ')}`);
    // The policy keeps scripts of others out, so axe comes in through the debugger's own world.
    const session = await page.createCDPSession();
    const { frameTree } = await session.send('Page.getFrameTree');
    const { executionContextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
    const run = async expression => {
      const answer = await session.send('Runtime.evaluate', { expression, contextId: executionContextId, awaitPromise: true, returnByValue: true });
      if (answer.exceptionDetails) throw new Error(`${path}: ${answer.exceptionDetails.exception?.description}`);
      return answer.result.value;
    };
    await run(AXE + ';0');
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const found = await run(`axe.run(document, { runOnly: ${JSON.stringify(tags)}, resultTypes: ['violations'] }).then(done =>
      done.violations.map(one => one.id + ': ' + one.help + ' – ' + one.nodes.slice(0, 2).map(node => node.html.slice(0, 160) + ' ' + (node.any[0]?.message ?? '')).join(' | ')))`);
    for (const one of found) fault(path, where, `axe ${one}`);
    if (shots) await page.screenshot({ path: `${shots}/${(path.replace(/[^\w]+/g, '-').replace(/^-|-$/g, '') || 'home').slice(0, 80)}-${scheme}-${width}.png` });
  } finally {
    await page.close();
  }
}

/** The tab key reaches every link, button and field, and shows where it is. */
async function tab(browser, path) {
  const page = await browser.newPage();
  try {
    await page.goto(base + path, { waitUntil: 'load' });
    const wanted = await page.$$eval('a[href], button, input:not([type=hidden]), select, textarea, summary', all =>
      all.filter(one => one.checkVisibility() && !one.closest('details:not([open]) > :not(summary)')).length);
    let reached = 0;
    const stops = Math.min(wanted, 60);
    for (let count = 0; count < stops; count += 1) {
      await page.keyboard.press('Tab');
      const shown = await page.evaluate(() => {
        const one = document.activeElement;
        if (!one || one === document.body) return null;
        const style = getComputedStyle(one);
        return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
      });
      if (shown === null) break;
      if (!shown) fault(path, 'keyboard', 'the focus cannot be seen');
      reached += 1;
    }
    if (reached < Math.min(stops, wanted)) fault(path, 'keyboard', `only ${reached} of ${wanted} places are reached`);
  } finally {
    await page.close();
  }
}

/** Goes with the tab key to the first place that answers to `selector` and has `words`, and presses a key there. */
async function press(page, selector, words, key = 'Enter') {
  const before = page.url();
  await page.evaluate(() => document.activeElement?.blur());
  for (let count = 0; count < 400; count += 1) {
    await page.keyboard.press('Tab');
    const found = await page.evaluate((selector, words) => {
      const one = document.activeElement;
      return one !== document.body && one.matches(selector) && (one.innerText || one.value || '').includes(words);
    }, selector, words);
    if (!found) continue;
    if (key !== 'Enter') { await page.keyboard.type(key); return; }
    const goes = await page.evaluate(() => !document.activeElement.matches('summary, [href^="#"]'));
    if (goes) await Promise.all([page.waitForNavigation({ waitUntil: 'domcontentloaded' }), page.keyboard.press('Enter')]);
    else await page.keyboard.press('Enter');
    return;
  }
  throw new Error(`the tab key does not reach “${words}” (${selector}) on ${before}`);
}

/** What people come for, step by step: [what it is, where it begins, steps, what must be true at its end]. */
const ACTIONS = [
  ['pass the menu by', '/', page => press(page, 'a[href^="#"]', 'Skip'), page => page.url().includes('#')],
  ['find all posts on Thing 6 and turn their order', '/', async page => {
    await press(page, 'nav a', 'Things');
    await press(page, 'main a', 'Thing 6');
    await press(page, 'main a', 'Oldest first');
  }, page => page.url().endsWith('/things/6?order=oldest')],
  ['see one topic of a Thing', '/things/6', page => press(page, '.topics a', 'LinkedIn'), page => page.url().includes('topic=LinkedIn')],
  ['learn how to subscribe', '/things/6', page => press(page, 'footer a', 'How to subscribe'), page => page.url().endsWith('/subscribe')],
  ['read a post and the one before it', '/things/6', async page => {
    await press(page, 'main a[href*="/posts/"]', '');
    await press(page, 'main a[rel~="prev"], main .beside a', '');
  }, page => page.url().includes('/posts/')],
  ['search', '/', async page => {
    await press(page, 'input[type=search]', '', 'LinkedIn');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  }, page => page.$eval('mark', mark => mark.innerText.toLowerCase() === 'linkedin')],
  ['go to older posts', '/', page => press(page, '.pager a', ''), page => page.url().includes('before=')],
  ['see who has not posted on Thing 6', '/progress', async page => {
    await press(page, 'select[name=missing]', '', 'Thing 6');
    await press(page, '.choose button', '');
  }, page => page.url().includes('missing=6')],
  ['sort the table', '/progress', page => press(page, 'thead a', 'Done'), page => page.$eval('[aria-sort]', head => head.innerText.includes('Done'))],
  ['pass the table by', '/progress', page => press(page, '.skip-table', ''), page => page.url().endsWith('#after-table')],
  ['read what the marks mean', '/progress', page => press(page, '.meanings summary', ''), page => page.$eval('.meanings', it => it.open)],
  ['learn why a post is missing', '/', async page => {
    await press(page, 'nav a', 'Participants');
    await press(page, 'main a', 'Anna Smith');
    await press(page, 'main a[href$="/why"]', '');
  }, page => page.url().endsWith('/participants/anna-smith/why')],
];

/** Whether everything can be done by keyboard, without JavaScript. */
async function act(browser) {
  for (const [what, from, steps, holds] of ACTIONS) {
    const page = await browser.newPage();
    try {
      await page.setJavaScriptEnabled(false);
      await page.goto(base + from, { waitUntil: 'domcontentloaded' });
      await steps(page);
      if (!await holds(page)) fault(from, 'keyboard, no JavaScript', `cannot ${what}: it ended at ${page.url()}`);
    } catch (error) {
      fault(from, 'keyboard, no JavaScript', `cannot ${what}: ${error.message}`);
    } finally {
      await page.close();
    }
  }
  console.log(`${ACTIONS.length} actions by keyboard without JavaScript`);
}

const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'], protocolTimeout: 600_000 });
try {
  const pages = named ?? await pagesOf(browser);
  for (const path of pages) {
    for (const scheme of SCHEMES) for (const width of WIDTHS) await look(browser, path, scheme, width);
    await tab(browser, path);
  }
  if (acts) await act(browser);
  console.log(`${pages.length} pages: ${pages.join(' ')}`);
} finally {
  await browser.close();
}
for (const one of new Set(faults)) console.log(one);
if (faults.length) { console.log(`${faults.length} faults`); process.exit(1); }
console.log('nothing to mend');
