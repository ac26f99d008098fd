// Deep zoom on the item page: puts OpenSeadragon over the still image, and turns the item's images
// without leaving the page. Without this script the still image and plain links remain.
//
// The part of the image that is seen is kept in the address as #xywh=x,y,w,h, in pixels of the whole image
// (Media Fragments 4.2.2), and an address with such a part opens at it.
//
// #viewer tells its state in data-viewer (still, loading, ready, failed) and in data-tiles-drawn,
// the number of different tiles that have been drawn of the image shown.

const reader = document.getElementById("viewer");
const words = reader.dataset;
const deep = reader.querySelector(".deep");
const tools = reader.querySelector(".tools");
const status = reader.querySelector("[role=status]");
const still = () => reader.querySelector(".still");

// The OpenSeadragon viewer, once made; the library's script, once asked for.
let viewer = null;
let loading = null;
// Which call of open and of turn is the latest: it overtakes those still under way.
let opening = 0;
let turning = 0;
// The tiles drawn of the image shown.
let drawn = new Set();
// The page whose image is shown, which tells a step in the history from a change after the #.
let here = location.pathname + location.search;

const actions = {
  open,
  in: () => zoom(1.6),
  out: () => zoom(1 / 1.6),
  home: () => {
    viewer.viewport.setRotation(0);
    viewer.viewport.goHome();
  },
  rotate: () => viewer.viewport.rotateBy(90),
  full: () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (filled()) fill(false);
    // Telephones without full screen get the page's whole area.
    else if (!reader.requestFullscreen) fill(true);
    else reader.requestFullscreen().catch(() => fill(true));
  },
};

const filled = () => reader.classList.contains("filled");

function fill(on) {
  reader.classList.toggle("filled", on);
  tellFull();
}

function tellFull() {
  const on = filled() || document.fullscreenElement === reader;
  tools.querySelector("[data-do=full]").setAttribute("aria-pressed", on);
}

// The first image once it is there, and then what the line carries: deep zoom on a wide screen or where the
// address asks for a part of the image, elsewhere a larger still image; over a line that is slow or to be
// spared, nothing that nobody asked for.
async function begin() {
  const image = still().querySelector("img");
  await image.decode().catch(() => {});
  if (spare() || wasSlow(image)) return;
  if (matchMedia("(min-width: 48rem)").matches || region() !== null) open();
  else if (image.dataset.srcset) image.srcset = image.dataset.srcset;
}

// Whether the connection is to be spared.
function spare() {
  const connection = navigator.connection;
  return connection?.saveData || /(^|-)[23]g$/.test(connection?.effectiveType ?? "");
}

// Whether an image was long under way: what a browser says of its line is late, or nothing.
function wasSlow(image) {
  const timing = performance.getEntriesByName(image.currentSrc).at(-1);
  return timing?.transferSize > 0 && timing.duration > 600;
}

// The part of the image that the address names: [x, y, w, h], or null.
function region() {
  const found = /^#xywh=(?:pixel:)?(\d+),(\d+),([1-9]\d*),([1-9]\d*)$/.exec(location.hash);
  return found && found.slice(1).map(Number);
}

function showRegion() {
  const part = region();
  if (!part || !viewer?.world.getItemCount()) return;
  const image = viewer.world.getItemAt(0);
  viewer.viewport.fitBounds(image.imageToViewportRectangle(...part), true);
}

// Writes what is seen into the address, without a step in the history.
function rememberRegion(whole) {
  const image = viewer.world.getItemAt(0);
  if (!image || reader.dataset.viewer !== "ready") return;
  const seen = image.viewportToImageRectangle(viewer.viewport.getBoundsNoRotate());
  const size = image.getContentSize();
  const left = Math.max(0, Math.round(seen.x));
  const top = Math.max(0, Math.round(seen.y));
  const width = Math.min(size.x, Math.round(seen.x + seen.width)) - left;
  const height = Math.min(size.y, Math.round(seen.y + seen.height)) - top;
  const part = whole || width < 1 || height < 1 ? "" : `#xywh=${left},${top},${width},${height}`;
  if (part !== location.hash) history.replaceState(null, "", here + part);
}

function zoom(factor) {
  viewer.viewport.zoomBy(factor);
  viewer.viewport.applyConstraints();
}

// Opens the image that the page shows.
async function open() {
  const mine = ++opening;
  const byHand = document.activeElement?.matches("[data-do=open], .still");
  setState("loading", words.opening);
  viewer?.close();
  drawn = new Set();
  reader.dataset.tilesDrawn = 0;
  try {
    const [info] = await Promise.all([imageInformation(still().dataset.info), library()]);
    if (mine !== opening) return;
    viewer ??= create();
    viewer.open(info);
    if (byHand) viewer.canvas.focus({ preventScroll: true });
  } catch (error) {
    if (mine === opening) failed(error);
  }
}

async function imageInformation(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  const info = await response.json();
  // Tiles come from the address that was asked, whichever address the document names.
  const id = new URL(address, document.baseURI).href.replace(/\/info\.json$/, "");
  info["id" in info ? "id" : "@id"] = id;
  return info;
}

function library() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = words.script;
    script.onload = resolve;
    script.onerror = () => {
      script.remove();
      loading = null;
      reject(new Error(`${words.script} did not load`));
    };
    document.head.append(script);
  });
  return loading;
}

function create() {
  // OpenSeadragon adds an inline style, which the pages' policy refuses, unless it finds this mark:
  // an element of that name that is no HTML.
  const mark = document.createElementNS(null, "style");
  mark.setAttribute("data-openseadragon-mobile-css", "");
  document.head.append(mark);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const made = OpenSeadragon({
    element: deep,
    // One way to draw on every device, and the one that reports each tile.
    drawer: "canvas",
    showNavigationControl: false,
    animationTime: calm ? 0 : 0.8,
    immediateRender: calm,
    visibilityRatio: 0.6,
    minZoomImageRatio: 0.9,
    maxZoomPixelRatio: 2,
    gestureSettingsTouch: { pinchRotate: false },
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
  });
  made.canvas.setAttribute("role", "application");
  made.canvas.setAttribute("aria-label", words.help);
  made.addHandler("canvas-key", (event) => {
    // OpenSeadragon goes by the place of a key, and plus and minus lie elsewhere on a Spanish keyboard.
    const { key, ctrlKey, metaKey, altKey } = event.originalEvent;
    const action = { "+": "in", "=": "in", "-": "out", "0": "home" }[key];
    const step = { PageUp: "prev", ",": "prev", PageDown: "next", ".": "next" }[key];
    if (!(action || step) || ctrlKey || metaKey || altKey) return;
    event.preventDefaultAction = true;
    event.originalEvent.preventDefault();
    if (action) actions[action]();
    else document.querySelector(`.turning [rel=${step}]`)?.click();
  });
  made.addHandler("tile-drawn", ({ tile }) => {
    drawn.add(tile.cacheKey);
    reader.dataset.tilesDrawn = drawn.size;
  });
  made.addHandler("open-failed", ({ message }) => failed(new Error(message)));
  made.addHandler("open", () => {
    const image = made.world.getItemAt(0);
    image.addHandler("fully-loaded-change", ({ fullyLoaded }) => {
      // Loaded tiles are drawn in the frame that follows.
      if (fullyLoaded) requestAnimationFrame(readyOnceDrawn);
    });
  });
  // A view that shows the whole image goes on showing it in a window of another size.
  let whole = true;
  made.addHandler("open", () => {
    whole = true;
    showRegion();
  });
  made.addHandler("resize", () => {
    if (whole) queueMicrotask(() => made.viewport.goHome(true));
  });
  let announce;
  let remember;
  made.addHandler("viewport-change", () => {
    // Browsers slow down those who write to the address more often.
    remember ??= setTimeout(() => {
      remember = null;
      rememberRegion(whole);
    }, 500);
  });
  made.addHandler("zoom", ({ zoom: level }) => {
    whole = Math.abs(level / made.viewport.getHomeZoom() - 1) < 0.01;
    clearTimeout(announce);
    announce = setTimeout(() => {
      if (reader.dataset.viewer !== "ready") return;
      const { viewport } = made;
      const ratio = viewport.viewportToImageZoom(viewport.getZoom());
      status.textContent = `${words.level} ${Math.round(ratio * 100)} %`;
    }, 700);
  });
  return made;
}

function readyOnceDrawn() {
  if (reader.dataset.viewer !== "loading") return;
  if (drawn.size > 0) setState("ready", `${caption()} ${words.opened}`.trim());
  else requestAnimationFrame(readyOnceDrawn);
}

const caption = () => reader.querySelector("figcaption").textContent;

function failed(error) {
  console.error(error);
  viewer?.close();
  setState("failed", words.failed);
}

function setState(state, message) {
  reader.dataset.viewer = state;
  status.textContent = message;
  // What lies under the open image is neither seen nor reached.
  still().inert = state === "ready";
}

// Shows another image of the item: the parts of its page that differ take the place of ours.
async function turn(address, remember) {
  const mine = ++turning;
  let page;
  try {
    const response = await fetch(address, { headers: { Accept: "text/html" } });
    if (!response.ok) throw new Error(response.status);
    page = new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    location.assign(address);
    return;
  }
  if (mine !== turning) return;
  const key = document.activeElement?.dataset.key;
  for (const old of document.querySelectorAll("[data-swap]")) {
    const fresh = page.querySelector(`[data-swap="${old.dataset.swap}"]`);
    if (fresh) old.replaceWith(document.adoptNode(fresh));
  }
  if (remember) history.pushState(null, "", address);
  here = location.pathname + location.search;
  showCurrentInStrip();
  if (key) {
    const next = document.querySelector(`[data-key="${key}"]`) ?? document.querySelector(".turning");
    next?.focus({ preventScroll: true });
  }
  if (viewer) open();
  else {
    setState("still", caption());
    begin();
  }
}

function showCurrentInStrip() {
  const list = document.querySelector(".strip ol");
  const current = list?.querySelector("[aria-current]");
  if (!current) return;
  list.scrollLeft = current.offsetLeft - (list.clientWidth - current.offsetWidth) / 2;
}

tools.hidden = false;
tools.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) actions[button.dataset.do]();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-turn], a.still");
  const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (!link || !plain) return;
  event.preventDefault();
  if (link.matches(".still")) open();
  else turn(link.href, true);
});
document.addEventListener("submit", (event) => {
  const form = event.target.closest(".turning form");
  if (!form) return;
  event.preventDefault();
  turn(new URL(`?${new URLSearchParams(new FormData(form))}`, location.href).href, true);
});
addEventListener("popstate", () => {
  if (location.pathname + location.search === here) showRegion();
  else turn(location.href, false);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && filled()) actions.full();
});
document.addEventListener("fullscreenchange", tellFull);
showCurrentInStrip();
begin();
