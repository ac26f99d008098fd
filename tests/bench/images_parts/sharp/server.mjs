// Serves image requests by sharp: node server.mjs PORT FOLDER, where FOLDER has pyramids as libvips writes them.
// A request is answered from the smallest level that has every pixel asked for, cut, then resized.

import http from 'node:http'
import path from 'node:path'
import sharp from 'sharp'

sharp.cache(false)
sharp.concurrency(1)
const [port, folder] = process.argv.slice(2)
const levels = new Map()

async function levelsOf(file) {
  if (!levels.has(file)) {
    const { pages } = await sharp(file, { limitInputPixels: false }).metadata()
    const all = []
    for (let page = 0; page < pages; page++) {
      const { width, height } = await sharp(file, { page, limitInputPixels: false }).metadata()
      all.push({ page, width, height })
    }
    levels.set(file, all)
  }
  return levels.get(file)
}

function regionOf(text, { width, height }) {
  if (text === 'full') return [0, 0, width, height]
  if (text.startsWith('pct:')) {
    const [x, y, w, h] = text.slice(4).split(',').map(Number)
    return [x * width, y * height, w * width, h * height].map((share) => Math.round(share / 100))
  }
  const [x, y, w, h] = text.split(',').map(Number)
  return [x, y, Math.min(w, width - x), Math.min(h, height - y)]
}

function sizeOf(text, width, height) {
  if (text === 'max') return [width, height]
  const [w, h] = text.replace('!', '').split(',').map(Number)
  if (text.startsWith('!')) {
    const scale = Math.min(w / width, h / height)
    return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))]
  }
  return [w || Math.max(1, Math.round((width * h) / height)), h || Math.max(1, Math.round((height * w) / width))]
}

async function answer(url) {
  const [name, region, size] = url.split('/').slice(3)
  const file = path.join(folder, name)
  const all = await levelsOf(file)
  const [x, y, width, height] = regionOf(decodeURIComponent(region), all[0])
  const [w, h] = sizeOf(decodeURIComponent(size), width, height)
  const level = all.findLast((one) => (one.width / all[0].width) * width >= w && (one.height / all[0].height) * height >= h) ?? all[0]
  const across = level.width / all[0].width
  const down = level.height / all[0].height
  const left = Math.min(Math.round(x * across), level.width - 1)
  const top = Math.min(Math.round(y * down), level.height - 1)
  const cut = {
    left,
    top,
    width: Math.max(1, Math.min(Math.round(width * across), level.width - left)),
    height: Math.max(1, Math.min(Math.round(height * down), level.height - top)),
  }
  return sharp(file, { page: level.page, limitInputPixels: false }).extract(cut).resize(w, h, { fit: 'fill' }).jpeg({ quality: 85 }).toBuffer()
}

http
  .createServer((request, response) => {
    if (request.url === '/ready') return response.end()
    answer(request.url).then(
      (bytes) => response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': bytes.length }).end(bytes),
      (error) => response.writeHead(500).end(String(error)),
    )
  })
  .listen(Number(port), '127.0.0.1')
