// The viewer of an item's page, as a reader opens it and sees it.
import { PNG } from 'pngjs'

/** Waits until the viewer has drawn all it wants to. */
export const drawn = (page) => page.waitForFunction(() => {
  const data = document.querySelector('[data-viewer]')?.dataset
  return data?.viewer === 'ready' && Number(data.tilesDrawn) > 0
})

/** How many colours an element shows. */
export async function colours(element) {
  const { data } = PNG.sync.read(await element.screenshot())
  const found = new Set()
  for (let at = 0; at < data.length; at += 4) found.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2])
  return found.size
}

/** Opens the viewer if the reader must ask for it, waits until it has drawn, and looks at what it drew. */
export async function viewer(page) {
  // The button is hidden where the viewer opens by itself.
  await Promise.race([drawn(page), page.locator('[data-do="open"]').click().catch(() => {})])
  await drawn(page)
  const place = page.locator('[data-viewer]')
  return {
    state: await place.getAttribute('data-viewer'),
    drawn: Number(await place.getAttribute('data-tiles-drawn')),
    colours: await colours(place.locator('canvas').first()),
  }
}
