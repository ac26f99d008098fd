// Validates pages with html-validate: the content model of HTML, attributes, references within a page, and
// what people with assistive technology rely on.
//
// Arguments: addresses of pages. Without any: one a line on standard input.
// Standard output: what is wrong, a line each, below the page's address; then how many pages were read.
// Exit code: 0 if nothing is wrong, 1 if something is.
import { readFileSync } from 'node:fs'
import { HtmlValidate } from 'html-validate'

const html = new HtmlValidate({
  root: true,
  extends: ['html-validate:recommended', 'html-validate:standard'],
  rules: {
    // How the source is written, which nobody reads; but the crawler reads attributes in double quotes.
    'no-trailing-whitespace': 'off',
    'void-style': 'off',
    'doctype-style': 'off',
    'attr-quotes': ['error', { style: 'double' }],
    // An item is called what it is called.
    'long-title': 'off',
    // The pages' policy refuses styles in attributes.
    'no-inline-style': 'error',
    // `role="list"` is no repetition: VoiceOver takes a list without bullets for none otherwise.
    'no-redundant-role': 'off',
    'prefer-native-element': ['error', { exclude: ['list'] }],
    // Other hosts are not loaded from at all: the crawler sees to it.
    'require-sri': 'off',
  },
})

const named = process.argv.slice(2)
const pages = named.length > 0 ? named : readFileSync(0, 'utf8').split('\n').filter(Boolean)
let bad = 0
for (const page of pages) {
  const response = await fetch(page)
  const type = response.headers.get('content-type') ?? 'no type'
  const wrong = []
  if (!/^text\/html; *charset=utf-8$/i.test(type)) wrong.push(`  is ${type}`)
  const text = await response.text()
  const report = await html.validateString(text)
  for (const { ruleId, message, offset } of report.results.flatMap((result) => result.messages)) {
    wrong.push(`  ${ruleId}: ${message}: ${text.slice(Math.max(0, offset - 20), offset + 100)}`)
  }
  if (wrong.length === 0) continue
  bad += 1
  console.log([page, ...wrong].join('\n'))
}
console.log(`${pages.length} read, ${bad} with something wrong`)
process.exitCode = bad > 0 ? 1 : 0
