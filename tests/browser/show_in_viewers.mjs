// Opens documents in viewers that others wrote, in a headless browser, each on a page and a host of its own.
//
// Standard input, one JSON object:
//   base         where the platform answers, such as http://127.0.0.1:8080
//   viewers      the folder that install-viewers made
//   screenshots  a folder for pictures of the viewers
//   manifests    addresses of manifests, of any version of the Presentation API
//   collection   {url, label, member}: a collection, a label of its own and one of a member's
// Standard output, one JSON object:
//   opened       per viewer and manifest {viewer, manifest, colours, images, refused}: how many colours the
//                largest canvas shows, how many images of ours came, and the answers that were not 200
//   catalogue    {label, member, colours}: whether Mirador lists the collection by its label, opens it to its
//                members, and what the member then shows
//   strangers    requests to other hosts
//   complaints   errors on the browser's console, and failed requests, without those the viewers always have
import { mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { PATIENCE, isPixels, launch, open } from './chromium.mjs'
import { colours } from './viewer.mjs'

const { base, viewers, screenshots, manifests, collection } = JSON.parse(readFileSync(0, 'utf8'))
const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.html': 'text/html; charset=utf-8' }
// What the viewers complain of whatever they show.
const THEIR_OWN = [/Accessing element\.ref was removed in React 19/]
// As many colours as only a picture has.
const COLOURS_OF_A_PICTURE = 200

const page = (head, body) => `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>viewer</title>
<link rel="icon" href="data:,"><style>html, body, #place { margin: 0; width: 100%; height: 100% }</style>${head}</head>
<body><div id="place" class="uv"></div><script>${body}</script></body></html>`
const quoted = (value) => JSON.stringify(value).replaceAll('<', '\\u003c')
const mirador = (settings) => page(
  '<script src="/mirador/dist/mirador.min.js"></script>',
  `Mirador.viewer(${quoted({ id: 'place', ...settings })})`,
)
const PAGES = {
  mirador: (manifest) => mirador({ windows: [{ manifestId: manifest }] }),
  universalviewer: (manifest) => page(
    '<link rel="stylesheet" href="/universalviewer/dist/uv.css"><script src="/universalviewer/dist/umd/UV.js"></script>',
    `UV.init('place', ${quoted({ manifest, embedded: true })})`,
  ),
  catalogue: (url) => mirador({ catalog: [{ manifestId: url }], workspace: { isWorkspaceAddVisible: true } }),
}

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost')
  // Universal Viewer has a style that names a picture in it as if it lay beside it.
  if (pathname.startsWith('/images/data:')) {
    response.writeHead(204).end()
    return
  }
  try {
    const [, name, file] = pathname.split('/')
    const body = file === ''
      ? PAGES[name](searchParams.get('document'))
      : readFileSync(join(viewers, normalize(decodeURIComponent(pathname))))
    response.writeHead(200, { 'Content-Type': TYPES[extname(pathname)] ?? (file === '' ? TYPES['.html'] : 'application/octet-stream') })
    response.end(body)
  } catch {
    response.writeHead(404).end()
  }
})
await new Promise((ready) => server.listen(0, '127.0.0.1', ready))
const own = `http://127.0.0.1:${server.address().port}`

mkdirSync(screenshots, { recursive: true })
const browser = await launch()
const seen = { opened: [], strangers: [], complaints: [] }
const window = () => open(browser, seen, [own, base], { viewport: { width: 1200, height: 900 }, locale: 'en-US' })
const address = (name, document) => `${own}/${name}/?document=${encodeURIComponent(document)}`

/** How many colours the canvas shows that is largest. */
async function painted(page) {
  const areas = await page.locator('canvas').evaluateAll((all) => all.map((canvas) => canvas.clientWidth * canvas.clientHeight))
  if (areas.length === 0) return 0
  return colours(page.locator('canvas').nth(areas.indexOf(Math.max(...areas))))
}

/** Looks until `probe` gives something better than `enough`, and gives the last. */
async function best(page, enough, probe) {
  const end = Date.now() + PATIENCE
  for (;;) {
    const found = await probe()
    if (found > enough || Date.now() > end) return found
    await page.waitForTimeout(250)
  }
}

async function show(viewer, manifest, number) {
  const page = await window()
  let images = 0
  const refused = []
  page.on('response', (response) => {
    if (!isPixels(response.url())) return
    if (response.status() === 200) images += 1
    else refused.push([response.status(), response.url()])
  })
  await page.goto(address(viewer, manifest))
  const shown = await best(page, COLOURS_OF_A_PICTURE, () => painted(page))
  await page.screenshot({ path: join(screenshots, `${viewer}-${number}.png`) })
  seen.opened.push({ viewer, manifest, colours: shown, images, refused })
  await page.context().close()
}

async function catalogue() {
  const page = await window()
  const there = (text) => page.getByText(text, { exact: false }).first().waitFor().then(() => true, () => false)
  await page.goto(address('catalogue', collection.url))
  const label = await there(collection.label)
  await page.getByText(collection.label).first().click()
  await page.getByRole('button', { name: 'Show collection' }).click()
  const member = await there(collection.member)
  await page.screenshot({ path: join(screenshots, 'mirador-catalogue.png') })
  await page.getByRole('dialog').getByText(collection.member).first().click()
  const shown = await best(page, COLOURS_OF_A_PICTURE, () => painted(page))
  seen.catalogue = { label, member, colours: shown }
  await page.context().close()
}

try {
  for (const [number, manifest] of manifests.entries()) {
    for (const viewer of ['mirador', 'universalviewer']) await show(viewer, manifest, number)
  }
  await catalogue()
} finally {
  await browser.close()
  server.close()
}
seen.complaints = seen.complaints.filter((text) => !THEIR_OWN.some((known) => known.test(text)))
console.log(JSON.stringify(seen))
