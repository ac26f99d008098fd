// The headless browser that all scripts beside this one share.
import { chromium } from 'playwright-core'

/** Longer than the first drawing takes on a busy machine, in milliseconds. */
export const PATIENCE = 30_000

export const launch = () => chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
  ],
})

/**
 * A window of its own. What it asks of others than the origins in `own` goes into `seen.strangers`; errors on
 * its console and failed requests go into `seen.complaints`.
 */
export async function open(browser, seen, own, settings) {
  const context = await browser.newContext(settings)
  context.setDefaultTimeout(PATIENCE)
  const page = await context.newPage()
  page.on('request', (request) => {
    const url = request.url()
    if (!/^(data|blob|about):/.test(url) && !own.includes(new URL(url).origin)) seen.strangers.push(url)
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

/** Whether `url` is that of pixels of ours, of any version of the Image API. */
export const isPixels = (url) => /\/image\/[23]\/[^?]*\/(default|color|gray|bitonal)\.(jpg|png|webp)$/.test(url)
