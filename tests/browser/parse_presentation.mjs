// Reads Presentation documents with @iiif/parser, the library behind many viewers.
//
// Arguments: addresses of Presentation 3.0 documents, or files. Without any: one a line on standard input.
//
// Each 3.0 document is made strict: nothing may be left to fix, and the library warns of nothing. It is then
// taken apart into its resources, as viewers do. An address with /presentation/3/ in it has a 2.1 document at
// /presentation/2/, which is brought up to 3.0: it has to have the same labels, and as many pages and parts.
//
// Standard output: what is wrong, a line each, below the document's name; then how many documents were read.
// Exit code: 0 if nothing is wrong, 1 if something is.
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { Traverse, normalize } from '@iiif/parser'
import { upgrade } from '@iiif/parser/upgrader'
import { presentation3StrictUpgrade } from '@iiif/parser/strict'

const SHOWN = 160
const shown = (value) => {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
}

/** Where `before` and `after` differ, in words. */
function differences(before, after, path = '') {
  if (isDeepStrictEqual(before, after)) return []
  const both = [before, after]
  const alike = both.every(Array.isArray) || both.every((value) => value && typeof value === 'object' && !Array.isArray(value))
  if (!alike) return [`${path || '/'}: ${shown(before)} became ${shown(after)}`]
  const keys = new Set(both.flatMap(Object.keys))
  return [...keys].flatMap((key) => differences(before[key], after[key], `${path}/${key}`))
}

async function load(place) {
  if (!/^https?:/.test(place)) return JSON.parse(readFileSync(place, 'utf8'))
  const response = await fetch(place)
  if (!response.ok) throw new Error(`${place}: ${response.status}`)
  return response.json()
}

/** What a strict reader would have to fix; the library has a fixer for manifests only, which walks any resource. */
function strict(document) {
  const said = { warnings: [] }
  // The library changes what it is given.
  const given = structuredClone(document)
  const fixed = given.type === 'Manifest'
    ? presentation3StrictUpgrade(given, said)
    : collectionMadeStrict(given, said)
  return [...said.warnings.map((warning) => `warns: ${warning}`), ...differences(document, fixed)]
}

/** The properties that a Collection shares with a Manifest, as a Manifest without pages, and each of its members so. */
function collectionMadeStrict(collection, said) {
  const { type, items = [], ...properties } = collection
  const { items: _, ...fixed } = presentation3StrictUpgrade({ ...properties, type: 'Manifest', items: [] }, said)
  return { ...fixed, type, items: items.map((item) => collectionOrReference(item, said)) }
}

function collectionOrReference(item, said) {
  if (item.type === 'Collection' && item.items) return collectionMadeStrict(item, said)
  const { type, ...properties } = item
  const { items: _, ...fixed } = presentation3StrictUpgrade({ ...properties, type: 'Manifest', items: [] }, said)
  return { ...fixed, type }
}

/** What viewers would not find again after taking the document apart. */
function apart(document) {
  const { entities, resource } = normalize(structuredClone(document))
  const wrong = []
  if (resource.id !== document.id) wrong.push(`taken apart, its id is ${resource.id}`)
  const count = (type) => Object.keys(entities[type] ?? {}).length
  if (document.type === 'Manifest') {
    const ids = new Set(document.items.map((canvas) => canvas.id))
    if (ids.size !== document.items.length) wrong.push('two pages have the same id')
    if (count('Canvas') < ids.size) wrong.push(`taken apart, ${count('Canvas')} pages are left of ${ids.size}`)
    const parts = rangesOf(document)
    const dangling = parts.flatMap((range) => range.items ?? [])
      .filter((item) => item.type === 'Canvas' && !ids.has(item.id?.split('#')[0]))
    wrong.push(...dangling.map((item) => `a part names the page ${item.id}, which is not there`))
  }
  return wrong
}

function rangesOf(manifest) {
  const found = []
  const walk = (range) => {
    if (range.type !== 'Range') return
    found.push(range)
    for (const item of range.items ?? []) walk(item)
  }
  for (const range of manifest.structures ?? []) walk(range)
  return found
}

/** The facts that both versions of a document have to agree on. */
function outline(document) {
  if (document.type === 'Collection') {
    return {
      label: document.label,
      // 2.1 lists collections and manifests apart.
      members: ['Collection', 'Manifest'].flatMap((type) => (
        (document.items ?? []).filter((item) => item.type === type).map(({ label }) => ({ type, label }))
      )),
    }
  }
  return {
    label: document.label,
    pages: document.items.map(({ label, width, height }) => ({ label, width, height })),
    parts: rangesOf(document).map((range) => range.label).filter(Boolean).map(shown).sort(),
  }
}

async function older(document, place) {
  const two = await load(place)
  if (two['@context'] !== 'http://iiif.io/api/presentation/2/context.json') {
    return [`${place}: its @context is ${shown(two['@context'])}`]
  }
  if (two['@id'] !== place) return [`${place}: its @id is ${two['@id']}`]
  const upgraded = upgrade(structuredClone(two))
  return differences(outline(document), outline(upgraded)).map((text) => `from 3.0 to 2.1: ${text}`)
}

async function judge(place) {
  const document = await load(place)
  const wrong = [...strict(document), ...apart(document)]
  if (/^https?:/.test(place) && document.id !== place) wrong.push(`its id is ${document.id}`)
  if (/^https?:.*\/presentation\/3\//.test(place)) {
    const other = place.replace('/presentation/3/', '/presentation/2/')
    wrong.push(...await older(document, other).catch((error) => [String(error)]))
  }
  return wrong
}

const named = process.argv.slice(2)
const places = named.length > 0 ? named : readFileSync(0, 'utf8').split('\n').filter(Boolean)
let bad = 0
for (const place of places) {
  const wrong = await judge(place).catch((error) => [String(error)])
  if (wrong.length === 0) continue
  bad += 1
  console.log([place, ...wrong.map((text) => `  ${text}`)].join('\n'))
}
console.log(`${places.length} read, ${bad} with something wrong`)
process.exitCode = bad > 0 ? 1 : 0
