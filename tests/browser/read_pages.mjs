// Reads pages in a headless browser and says what it saw.
//
// Standard input, one JSON object:
//   base         where the platform answers, such as http://127.0.0.1:8080
//   paths        {list, institution, collection, item}: the pages to read, in a reader's order; the list may be left out
//   kinds        [[name, address]] of further kinds of pages to look at; may be left out. The one called
//                `problem` is an answer with an error's status
//   several      the path of an item with several images, for the keyboard; may be left out
//   screenshots  a folder for pictures of the pages
// Standard output, one JSON object:
//   walk         what a reader sees who goes from the list to an item by clicking: per page {url, title, language}
//   viewer       {state, drawn, colours, tiles: [[status, url]]}
//   english      {title, language} of the item with ?lang=en
//   plain        the item without JavaScript: {images: [{src, naturalWidth}], links}
//   reflow       per page and width, how many pixels the page is wider than the window
//   violations   [{page, theme, width, state, rule, impact, help, nodes}] that axe-core found
//   keyboard     {stops, reached, opened, …}: what somebody without a mouse got to, in keyboard.mjs
//   strangers    requests to other hosts
//   complaints   errors on the browser's console, and failed requests
import { mkdirSync, readFileSync } from 'node:fs'
import { appearance } from './appearance.mjs'
import { isPixels, launch, open as openIn } from './chromium.mjs'
import { keyboard } from './keyboard.mjs'
import { viewer } from './viewer.mjs'

const { base, paths, kinds = [], several, screenshots } = JSON.parse(readFileSync(0, 'utf8'))
const pages = ['list', 'institution', 'collection', 'item'].filter((name) => paths[name]).map((name) => [name, paths[name]])
mkdirSync(screenshots, { recursive: true })

const browser = await launch()
const seen = { strangers: [], complaints: [] }
// The addresses of kinds may lie on the admin port.
const own = [...new Set([base, ...kinds.map(([, address]) => address)].map((address) => new URL(address).origin))]

/** A window of its own; what it asks and complains of is noted. */
const open = (settings) => openIn(browser, seen, own, settings)
/** A window for pages that are errors: that they are is nothing to complain of. */
const openProblem = (settings) => openIn(browser, { ...seen, complaints: [] }, own, settings)

const facts = async (page) => ({
  url: page.url(),
  title: await page.title(),
  language: await page.locator('html').getAttribute('lang'),
})

// 1. The way of a reader: from the first page by its links to the item.
async function walk() {
  const page = await open({ locale: 'fr-FR' })
  const tiles = []
  page.on('response', (response) => {
    if (isPixels(response.url())) tiles.push([response.status(), response.url()])
  })
  const steps = []
  const [[, first], ...others] = pages
  await page.goto(base + first)
  steps.push(await facts(page))
  for (const [, target] of others) {
    await page.locator(`a[href="${target}"], a[href="${base}${target}"]`).first().click()
    await page.waitForURL((url) => url.href === base + target)
    steps.push(await facts(page))
  }
  seen.walk = steps
  seen.viewer = { ...await viewer(page), tiles: [...tiles] }
  await page.goto(`${base}${paths.item}?lang=en`)
  seen.english = await facts(page)
  await page.context().close()
}

// 2. Without JavaScript.
async function plain() {
  const page = await open({ javaScriptEnabled: false })
  await page.goto(base + paths.item, { waitUntil: 'load' })
  const images = page.locator('img')
  seen.plain = {
    images: await images.evaluateAll((all) => all.map((image) => ({ src: image.src, naturalWidth: image.naturalWidth }))),
    links: await page.locator('a[href]').count(),
  }
  await page.context().close()
}

// 3. How pages look, and to whom they are closed.
async function looks() {
  const all = [...pages.map(([name, path]) => [name, base + path]), ...kinds]
  const whole = await appearance(all.filter(([name]) => name !== 'problem'), open, screenshots)
  const problem = await appearance(all.filter(([name]) => name === 'problem'), openProblem, screenshots)
  seen.reflow = [...whole.reflow, ...problem.reflow]
  seen.violations = [...whole.violations, ...problem.violations]
}

try {
  await walk()
  await plain()
  await looks()
  if (several) seen.keyboard = await keyboard(base + several, open)
} finally {
  await browser.close()
}
console.log(JSON.stringify(seen))
