// An item of several images, read by somebody who has a keyboard and a screen reader, and no mouse.
import { createHash } from 'node:crypto'
import { drawn } from './viewer.mjs'

// More stops than any of our pages has before its viewer.
const STOPS = 80
// How long an announcement may follow what it announces, in milliseconds.
const ANNOUNCED = 5_000

/** What has the focus, and how that is seen. */
const focused = (page) => page.evaluate(() => {
  const element = document.activeElement
  const style = getComputedStyle(element)
  return {
    element: element.outerHTML.slice(0, 120),
    name: element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 60),
    action: element.dataset.do ?? element.dataset.key ?? null,
    canvas: element.closest('.openseadragon-canvas') !== null,
    body: element === document.body,
    outline: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0,
  }
})

/** Presses Tab until `there` of what has the focus; gives every stop on the way. */
async function tabTo(page, there) {
  const stops = []
  while (stops.length < STOPS) {
    await page.keyboard.press('Tab')
    stops.push(await focused(page))
    if (there(stops.at(-1))) return { stops, found: true }
  }
  return { stops, found: false }
}

const picture = async (page) => {
  const canvas = page.locator('[data-viewer] canvas').first()
  return createHash('sha256').update(await canvas.screenshot()).digest('hex')
}

/** What the canvas shows once nothing moves on it. */
async function atRest(page) {
  let last = null
  for (;;) {
    const now = await picture(page)
    if (now === last) return now
    last = now
  }
}

/** Whether the canvas shows something else after `keys`. */
async function moves(page, keys) {
  const before = await atRest(page)
  for (const key of keys) await page.keyboard.press(key)
  const end = Date.now() + ANNOUNCED
  while (Date.now() < end) {
    if (await picture(page) !== before) return true
  }
  return false
}

/** Whether a live region has said something that matches `pattern`, by now or soon. */
const announced = (page, pattern) => page.waitForFunction(
  (source) => window.announcements.some((text) => new RegExp(source).test(text)), pattern, { timeout: ANNOUNCED },
).then(() => true, () => false)

/** A pattern for the number of an image in its caption, which a label may follow: `Imagen 2 de 3 · f. 9v`. */
const literal = (caption) => caption.split(' · ')[0].replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/**
 * The facts, as {stops, reached, opened, onCanvas, saysImage, zooms, saysZoom, pans, leavesCanvas, turned,
 * afterTurning, saysPage, announcements}; what comes after a step that failed is missing. Of the item at `address` with
 * several images, in a window that `window(settings)` opens.
 */
export async function keyboard(address, window) {
  const page = await window({ viewport: { width: 360, height: 740 }, locale: 'es-CU' })
  await page.addInitScript(() => {
    window.announcements = []
    const say = (node) => {
      const region = node && (node.nodeType === 1 ? node : node.parentElement)?.closest('[role=status], [role=alert], [aria-live]')
      const text = region?.textContent.trim()
      if (text) window.announcements.push(text)
    }
    new MutationObserver((changes) => changes.forEach((change) => say(change.target)))
      .observe(document, { childList: true, characterData: true, subtree: true })
  })
  await page.goto(address, { waitUntil: 'load' })
  const caption = () => page.locator('[data-viewer] figcaption').innerText()
  const first = await caption()

  const way = await tabTo(page, (stop) => stop.action === 'open')
  const seen = { stops: way.stops, reached: way.found }
  if (way.found) {
    await page.keyboard.press('Enter')
    await drawn(page)
    seen.opened = await page.locator('[data-viewer]').getAttribute('data-viewer')
    seen.onCanvas = await focused(page)
    seen.saysImage = await announced(page, '.')
    seen.zooms = await moves(page, ['+', '+', '+', '+'])
    seen.saysZoom = await announced(page, '\\d+ ?%')
    seen.pans = {}
    for (const key of ['ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp']) seen.pans[key] = await moves(page, [key])

    await page.evaluate(() => { window.announcements = [] })
    const further = await tabTo(page, (stop) => stop.action === 'next')
    seen.stops.push(...further.stops)
    seen.leavesCanvas = further.found
    if (further.found) {
      await page.keyboard.press('Enter')
      await page.waitForFunction((before) => document.querySelector('[data-viewer] figcaption')?.innerText !== before, first)
      await drawn(page)
      const second = await caption()
      seen.turned = { from: first, to: second }
      seen.afterTurning = await focused(page)
      seen.saysPage = await announced(page, literal(second))
    }
  }
  seen.announcements = await page.evaluate(() => window.announcements)
  await page.context().close()
  return seen
}
