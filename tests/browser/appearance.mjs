// Every kind of page on a telephone, a tablet and a desk, by day and by night: whether it fits, a picture of
// it, and what axe-core finds, by all of the rules that it runs unless told otherwise.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { viewer } from './viewer.mjs'

const WIDTHS = [360, 768, 1440]
// Where axe-core looks: the narrowest and the widest arrangement.
const JUDGED = [360, 1440]
const THEMES = ['light', 'dark']
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

async function violations(page, facts) {
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => window.axe.run())
  return violations.map(({ id, impact, help, nodes }) => ({
    ...facts, rule: id, impact, help, nodes: nodes.map((node) => `${node.html}: ${node.failureSummary}`),
  }))
}

/**
 * Looks at `kinds`, [[name, address]], each in windows of its own that `window(settings)` opens, and leaves
 * pictures in `screenshots`.
 */
export async function appearance(kinds, window, screenshots) {
  const seen = { reflow: [], violations: [] }
  for (const [name, address] of kinds) {
    for (const theme of THEMES) {
      const page = await window({ colorScheme: theme, locale: 'es-CU' })
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: width < 500 ? 740 : 900 })
        await page.goto(address, { waitUntil: 'load' })
        const judge = async (state) => {
          if (JUDGED.includes(width)) seen.violations.push(...await violations(page, { page: name, theme, width, state }))
        }
        await judge('as it comes')
        if (await page.locator('[data-viewer]').count() > 0) {
          await viewer(page)
          await judge('with the image open')
        }
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
        seen.reflow.push({ page: name, theme, width, wider })
        await page.screenshot({ path: join(screenshots, `${name}-${width}-${theme}.png`), fullPage: true })
      }
      await page.context().close()
    }
  }
  return seen
}
