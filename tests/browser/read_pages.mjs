// Reads pages in a headless browser and says what it saw.
//
// Standard input, one JSON object:
//   base         where the platform answers, such as http://127.0.0.1:8080
//   paths        {list, institution, collection, item}: the pages to read, in a reader's order; the list may be left out
//   screenshots  a folder for pictures of the pages
// Standard output, one JSON object:
//   walk         what a reader sees who goes from the list to an item by clicking: per page {url, title, language}
//   viewer       {state, drawn, colours, tiles: [[status, url]]}
//   english      {title, language} of the item with ?lang=en
//   plain        the item without JavaScript: {images: [{src, naturalWidth}], links}
//   reflow       per page and width, how many pixels the page is wider than the window
//   violations   [{page, theme, rule, impact, help, nodes}] that axe-core found
//   strangers    requests to other hosts
//   complaints   errors on the browser's console, and failed requests
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { PNG } from 'pngjs'

const WIDTHS = [360, 768, 1440]
const THEMES = ['light', 'dark']
// Longer than the first drawing takes on a busy machine.
const PATIENCE = 30_000

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const { base, paths, screenshots } = JSON.parse(readFileSync(0, 'utf8'))
const pages = ['list', 'institution', 'collection', 'item'].filter((name) => paths[name]).map((name) => [name, paths[name]])
mkdirSync(screenshots, { recursive: true })

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
  ],
})
const seen = { strangers: [], complaints: [] }

/** A window of its own; what it asks and complains of is noted. */
async function open(settings) {
  const context = await browser.newContext(settings)
  context.setDefaultTimeout(PATIENCE)
  const page = await context.newPage()
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(base) && !/^(data|blob|about):/.test(url)) seen.strangers.push(url)
  })
  page.on('console', (message) => {
    if (message.type() === 'error') seen.complaints.push(`${page.url()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => seen.complaints.push(`${page.url()}: ${error}`))
  page.on('response', (response) => {
    if (response.status() >= 400) seen.complaints.push(`${response.status()} ${response.url()}`)
  })
  return page
}

const facts = async (page) => ({
  url: page.url(),
  title: await page.title(),
  language: await page.locator('html').getAttribute('lang'),
})

/** Opens the viewer if the reader must ask for it, waits until it has drawn, and looks at what it drew. */
async function viewer(page, tiles) {
  const place = page.locator('[data-viewer]')
  const drawn = () => page.waitForFunction(() => {
    const data = document.querySelector('[data-viewer]')?.dataset
    return data?.viewer === 'ready' && Number(data.tilesDrawn) > 0
  })
  // The button is hidden where the viewer opens by itself.
  await Promise.race([drawn(), page.locator('[data-do="open"]').click().catch(() => {})])
  await drawn()
  const canvas = place.locator('canvas').first()
  const { data } = PNG.sync.read(await canvas.screenshot())
  const colours = new Set()
  for (let at = 0; at < data.length; at += 4) colours.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2])
  return {
    state: await place.getAttribute('data-viewer'),
    drawn: Number(await place.getAttribute('data-tiles-drawn')),
    colours: colours.size,
    tiles: [...tiles],
  }
}

// 1. The way of a reader: from the first page by its links to the item.
async function walk() {
  const page = await open({ locale: 'fr-FR' })
  const tiles = []
  page.on('response', (response) => {
    if (/\/image\/3\/.*\/default\.(jpg|png|webp)$/.test(response.url())) tiles.push([response.status(), response.url()])
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
  seen.viewer = await viewer(page, tiles)
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

// 3. Every page on a phone, a tablet and a desk, by day and by night.
async function appearance() {
  seen.reflow = []
  seen.violations = []
  for (const theme of THEMES) {
    const page = await open({ colorScheme: theme, locale: 'es-CU' })
    for (const [name, path] of pages) {
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: width < 500 ? 740 : 900 })
        await page.goto(base + path, { waitUntil: 'load' })
        if (name === 'item') await viewer(page, [])
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
        seen.reflow.push({ page: name, theme, width, wider })
        await page.screenshot({ path: join(screenshots, `${name}-${width}-${theme}.png`), fullPage: true })
      }
      await page.evaluate(axe)
      const { violations } = await page.evaluate(() => window.axe.run())
      for (const { id, impact, help, nodes } of violations) {
        seen.violations.push({ page: name, theme, rule: id, impact, help, nodes: nodes.map((node) => node.html) })
      }
    }
    await page.context().close()
  }
}

try {
  await walk()
  await plain()
  await appearance()
} finally {
  await browser.close()
}
console.log(JSON.stringify(seen))
