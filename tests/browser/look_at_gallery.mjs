// Looks at the gallery of the pages (`cargo run -p acervo-pages --example gallery -- FOLDER`) in a headless
// browser, without a server of ours: takes pictures, runs axe-core in both themes, and tries the keyboard.
//
//   node tests/browser/look_at_gallery.mjs FOLDER PICTURES [PAGE...]
//
// Says what is wrong on standard output, a line each; the exit code is 1 if anything is.
import { createServer } from 'node:http'
import { mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname, join, normalize } from 'node:path'
import { chromium } from 'playwright-core'

const [site, pictures, ...wanted] = process.argv.slice(2)
const names = readdirSync(site)
  .filter((name) => /\.e[sn]\.html$/.test(name))
  .filter((name) => wanted.length === 0 || wanted.some((page) => name.startsWith(`${page}.`)))
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
const TYPES = {
  '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.json': 'application/json',
  '.svg': 'image/svg+xml', '.jpg': 'image/jpeg', '.png': 'image/png', '.txt': 'text/plain',
}
const complaints = []
const say = (...words) => complaints.push(words.join(' '))

// Pictures made smaller, by their path with `?side=`.
const small = new Map()

const server = createServer((request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname))
  try {
    const bytes = small.get(request.url) ?? readFileSync(join(site, path))
    response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'text/plain', 'Content-Security-Policy': POLICY })
    response.end(bytes)
  } catch {
    response.writeHead(404).end()
  }
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const base = `http://127.0.0.1:${server.address().port}`

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
})

async function open(settings) {
  const context = await browser.newContext(settings)
  const page = await context.newPage()
  page.on('console', (message) => message.type() === 'error' && say(page.url(), message.text()))
  page.on('pageerror', (error) => say(page.url(), error))
  page.on('request', (request) => {
    if (!request.url().startsWith(base) && !/^(data|blob):/.test(request.url())) say(page.url(), 'asks', request.url())
  })
  return page
}

/** Makes every picture that the pages show as small as they say, as an image server would. */
async function shrink() {
  const wanted = new Set(names.flatMap((name) =>
    [...readFileSync(join(site, name), 'utf8').matchAll(/src="([^"]+\?side=(\d+))"/g)].map(([, url]) => url)))
  const page = await (await browser.newContext()).newPage()
  await page.goto(`${base}/logo.svg`)
  for (const url of wanted) {
    const data = await page.evaluate(async ([url, side]) => {
      const image = await createImageBitmap(await (await fetch(url)).blob())
      const ratio = Math.min(1, side / Math.max(image.width, image.height))
      const canvas = new OffscreenCanvas(Math.round(image.width * ratio), Math.round(image.height * ratio))
      const context = canvas.getContext('2d')
      context.imageSmoothingQuality = 'high'
      context.drawImage(image, 0, 0, canvas.width, canvas.height)
      const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 })
      return [...new Uint8Array(await blob.arrayBuffer())]
    }, [url.split('?')[0], Number(url.split('=')[1])])
    small.set(url, Buffer.from(data))
  }
  await page.context().close()
}
await shrink()

const ready = (page) => page.waitForFunction(() => document.querySelector('#viewer').dataset.viewer === 'ready', null, { timeout: 60_000 })

/** What a validator would say first: one heading of the first level, no level left out, every id once. */
const structure = () => {
  const wrong = []
  const levels = [...document.querySelectorAll('h1,h2,h3,h4')].map((heading) => Number(heading.tagName[1]))
  if (levels.filter((level) => level === 1).length !== 1) wrong.push(`headings ${levels}`)
  levels.forEach((level, at) => { if (at > 0 && level > levels[at - 1] + 1) wrong.push(`headings ${levels}`) })
  const ids = [...document.querySelectorAll('[id]')].map((element) => element.id)
  ids.filter((id, at) => ids.indexOf(id) !== at).forEach((id) => wrong.push(`id ${id} twice`))
  for (const target of document.querySelectorAll('a, button, summary, input:not([type=hidden])')) {
    const { width, height } = target.getBoundingClientRect()
    const inText = target.matches('p > a, dd a, li:not([class]) > a, .skip')
    if (width > 1 && !inText && (width < 24 || height < 24)) wrong.push(`target ${target.outerHTML.slice(0, 90)} ${width}×${height}`)
  }
  const wider = document.documentElement.scrollWidth - innerWidth
  if (wider > 0) wrong.push(`${wider} px too wide`)
  return wrong
}

for (const theme of ['light', 'dark']) {
  for (const width of [360, 768, 1440]) {
    const page = await open({ colorScheme: theme, viewport: { width, height: width < 500 ? 740 : 900 }, reducedMotion: 'reduce' })
    for (const name of names) {
      await page.goto(`${base}/${name}`, { waitUntil: 'load' })
      if (await page.locator('#viewer').count() && width >= 768) await ready(page)
      for (const wrong of await page.evaluate(structure)) say(name, width, wrong)
      if (name.includes('.es.')) {
        // Images further down load once they come near.
        await page.evaluate(async () => {
          for (const image of document.images) image.loading = 'eager'
          const loaded = (image) => image.complete || new Promise((resolve) => image.addEventListener('load', resolve))
          await Promise.all([...document.images].map(loaded))
          await new Promise((resolve) => setTimeout(resolve, 400))
        })
        mkdirSync(pictures, { recursive: true })
        const picture = join(pictures, `${name.replace('.es.html', '')}-${width}-${theme}.png`)
        await page.screenshot({ path: picture, fullPage: true })
      }
      if (name === 'collection.es.html') {
        await page.locator('summary').first().click()
        await page.screenshot({ path: join(pictures, `filters-${width}-${theme}.png`) })
      }
      await page.evaluate(axe)
      const { violations } = await page.evaluate(() => window.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
      for (const { id, nodes } of violations) say(name, width, theme, 'axe', id, nodes.map((node) => node.html.slice(0, 160)).join(' | '))
    }
    await page.context().close()
  }
}

// The keyboard alone, on a telephone: open, zoom, move, turn; what is seen stays in the address.
if (names.includes('notebook.es.html')) {
  const page = await open({ viewport: { width: 360, height: 740 }, reducedMotion: 'reduce' })
  await page.route('**/notebook.es.html?*', (route) => route.continue({ url: `${base}/notebook.es.html` }))
  await page.goto(`${base}/notebook.es.html?page=3`)
  if (await page.locator('#viewer').getAttribute('data-viewer') !== 'still') say('the viewer opened unasked on a telephone')
  await page.locator('[data-do=open]').focus()
  await page.keyboard.press('Enter')
  await ready(page)
  for (const key of ['+', '+', '+', 'ArrowRight', 'ArrowDown']) await page.keyboard.press(key)
  await page.waitForFunction(() => /^#xywh=\d+,\d+,\d+,\d+$/.test(location.hash), null, { timeout: 5000 }).catch(() => say('no #xywh after zooming'))
  await page.waitForFunction(() => /\d %/.test(document.querySelector('#viewer [role=status]').textContent), null, { timeout: 5000 }).catch(() => say('the level is not announced'))
  const seen = await page.evaluate(() => location.hash)
  const kept = page.url()
  await page.keyboard.press('PageDown')
  await page.waitForURL(/page=4$/, { timeout: 5000 }).catch(() => say('PageDown does not turn'))
  await page.goto('about:blank')
  await page.goto(kept)
  await ready(page)
  const apart = await page.evaluate((seen) => new Promise((resolve) => setTimeout(() => {
    const [before, after] = [seen, location.hash].map((hash) => hash.slice(6).split(',').map(Number))
    resolve(Math.max(...before.map((part, at) => Math.abs(part - after[at]))))
  }, 1500)), seen)
  if (!(apart <= 4)) say('the address opens elsewhere:', seen, 'by', apart)
  await page.context().close()
}

await browser.close()
server.close()
complaints.forEach((complaint) => console.log(complaint))
process.exit(complaints.length > 0 ? 1 : 0)
