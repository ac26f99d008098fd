// Opens the page of an item on a telephone with a slow connection, and counts what comes over the wire.
//
// Standard input, one JSON object:
//   page       the address of an item's page
//   kilobits   downward, a second; 256 without it
//   latency    of each request, in milliseconds; 200 without it
// Standard output, one JSON object:
//   image      {bytes, ms, by}: from the first request until the item's still image is painted whole
//   zoom       {bytes, tiles, first, ms, by}: until deep zoom has drawn all of its view, which is asked for once the still image is
//              there; `bytes` is all since the first request but tiles, `tiles` is theirs; `ms` is from asking,
//              `first` from asking until the first tile is drawn, from when on it can be moved
//   requests   [{url, bytes, ms}]: every request, and when it ended
// Bytes are as sent: compressed, with the headers of answers. `by` is the same a kind of resource.
import { readFileSync } from 'node:fs'
import { PATIENCE, isPixels, launch } from './chromium.mjs'

const { page: address, kilobits = 256, latency = 200 } = JSON.parse(readFileSync(0, 'utf8'))

const browser = await launch()
const context = await browser.newContext({
  viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, locale: 'es-CU',
})
// Longer than any page takes that is worth a measurement.
context.setDefaultTimeout(4 * PATIENCE)
const page = await context.newPage()
const wire = await context.newCDPSession(page)

// Each answer: its address and kind, and what of it had come when, in seconds of the browser's own clock.
const answers = new Map()
// What to add to that clock for the time of day.
let toWall
let asked = false
wire.on('Network.requestWillBeSent', ({ requestId, request, timestamp, wallTime, type }) => {
  toWall ??= wallTime - timestamp
  answers.set(requestId, { url: request.url, type, tile: asked && isPixels(request.url), parts: [] })
})
const came = ({ requestId, timestamp, encodedDataLength }, all) => {
  const answer = answers.get(requestId)
  if (!answer) return
  const before = answer.parts.reduce((sum, part) => sum + part.bytes, 0)
  answer.parts.push({ at: timestamp, bytes: all ? encodedDataLength - before : encodedDataLength })
}
wire.on('Network.responseReceived', ({ requestId, timestamp, response }) => came({ requestId, timestamp, encodedDataLength: response.encodedDataLength }, true))
wire.on('Network.dataReceived', (event) => came(event, false))
// The whole, with headers: what the parts above left out is counted at the end.
wire.on('Network.loadingFinished', (event) => came(event, true))
await wire.send('Network.enable')
await wire.send('Network.emulateNetworkConditions', {
  offline: false, latency, downloadThroughput: (kilobits * 1000) / 8, uploadThroughput: (kilobits * 1000) / 8,
})

// The browser reports when an image with this attribute is painted whole; it has to be there before it is.
await page.addInitScript(() => {
  const mark = () => {
    const image = document.querySelector('[data-viewer] img')
    if (!image) return false
    image.setAttribute('elementtiming', 'still')
    return true
  }
  const watch = new MutationObserver(() => { if (mark()) watch.disconnect() })
  watch.observe(document, { childList: true, subtree: true })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.painted = performance.timeOrigin + (entry.renderTime || entry.loadTime)
  }).observe({ type: 'element', buffered: true })
})

/** What had come until `wall` (seconds) of the answers that `choose` takes. */
function until(wall, choose) {
  const by = {}
  let bytes = 0
  for (const answer of answers.values()) {
    if (!choose(answer)) continue
    const sum = answer.parts.filter((part) => part.at + toWall <= wall).reduce((total, part) => total + part.bytes, 0)
    bytes += sum
    if (sum > 0) by[answer.type] = (by[answer.type] ?? 0) + sum
  }
  return { bytes, by }
}

let report
try {
  await page.goto(address, { waitUntil: 'commit' })
  const painted = await page.waitForFunction(() => window.painted).then((handle) => handle.jsonValue())
  await page.waitForLoadState('load')
  asked = true
  const from = Date.now()
  await page.locator('[data-do="open"]').tap()
  const begun = await page.waitForFunction(() => {
    const drawn = Number(document.querySelector('[data-viewer]')?.dataset.tilesDrawn)
    return drawn > 0 ? Date.now() : 0
  }).then((handle) => handle.jsonValue())
  const opened = await page.waitForFunction(() => {
    const data = document.querySelector('[data-viewer]')?.dataset
    return data?.viewer === 'ready' && Number(data.tilesDrawn) > 0 ? Date.now() : 0
  }).then((handle) => handle.jsonValue())
  const start = Math.min(...[...answers.values()].flatMap((answer) => answer.parts.map((part) => part.at)))
  const first = await page.evaluate(() => performance.timeOrigin)
  const zoom = until(opened / 1000, (answer) => !answer.tile)
  report = {
    image: { ...until(painted / 1000, () => true), ms: Math.round(painted - first) },
    zoom: { ...zoom, tiles: until(opened / 1000, (answer) => answer.tile).bytes, first: begun - from, ms: opened - from },
    requests: [...answers.values()].map(({ url, parts }) => ({
      url,
      bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
      ms: parts.length > 0 ? Math.round((parts.at(-1).at - start) * 1000) : null,
    })),
  }
} finally {
  await browser.close()
}
console.log(JSON.stringify(report))
