#!/usr/bin/env python3
"""Draws every image of the invented institutions in this folder, and writes the sheets and texts beside them.

    python3 -m pip install numpy pillow
    python3 examples/generate.py            # all of them, one to three minutes
    python3 examples/generate.py mapas      # those whose path contains "mapas"

Everything is computed from fixed seeds; nothing is downloaded and no font is needed.
"""

import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True  # keeps __pycache__ out of this folder

try:
    from generator import (
        books,
        coast,
        emblem,
        forms,
        manuscripts,
        maps,
        museum,
        ocr,
        photographs,
        plans,
        plates,
        port,
        posters,
        typescript,
    )
except ModuleNotFoundError as missing:
    if missing.name not in ("numpy", "PIL"):
        raise
    sys.exit(f"{missing.name} is missing: python3 -m pip install numpy pillow")

HERE = Path(__file__).resolve().parent


def jpeg(quality, **options):
    """Saves as JPEG; grey images stay grey."""
    return lambda image, path: image.save(path, quality=quality, optimize=True, dpi=(300, 300), **options)


def png(image, path):
    """Saves as PNG in the mode it has: palette, grey or colour."""
    image.save(path, optimize=True, dpi=(300, 300))


def tiff(compression):
    """Saves as TIFF in strips; a list becomes the pages of one file."""

    def save(image, path):
        first, *rest = image if isinstance(image, list) else [image]
        first.save(path, save_all=bool(rest), append_images=rest, compression=compression, dpi=(300, 300))

    return save


def damaged(save):
    """Saves as `save` does and then loses the second half, as a copy that broke off."""

    def cut(image, path):
        save(image, path)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return cut


def data(content, path):
    """Saves bytes, or text in UTF-8."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


SUR, ORIENTE, SALUD, COSTA = "biblioteca-sur", "historia-oriente", "archivo-salud", "museo-costa"


def shots():
    """The photographs of the museum."""
    for number, kind, finish in (
        ("001", "playa", "gray"),
        ("002", "muelle", "gray"),
        ("003", "faro", "gray"),
        ("004", "regata", "gray"),
        ("005", "vapor", "gray"),
        ("006", "palmas", "gray"),
        ("007", "casetas", "gray"),
        ("008", "redes", "gray"),
        ("009", "temporal", "gray"),
        ("010", "noche", "gray"),
        ("011", "tripulacion", "gray"),
        ("012", "salinas", "gray"),
        ("013", "playa", "card"),
        ("014", "faro", "sepia"),
        ("015", "regata", "sepia"),
        ("016", "vapor", "sepia"),
        ("017", "muelle", "sepia"),
    ):
        name = f"MC-F-{number}"
        caption = "Pescadores de Los Frailes, 1910" if finish == "card" else ""
        save = damaged(jpeg(58)) if number == "017" else jpeg(58)
        yield (
            f"{COSTA}/fotografias/{name}.jpg",
            lambda name=name, kind=kind, finish=finish, caption=caption: coast.photograph(name, kind, finish, caption),
            save,
        )


def pages():
    """The pages of the museum's books, and what an OCR program read on them."""
    volumes = (
        ("cartilla-nautica", 6, books.primer_leaf, (236, 222, 192), "xml", ocr.alto),
        ("almanaque-1911", 4, lambda n: books.almanac_leaf(1911, n), (232, 226, 208), "hocr", ocr.hocr),
        (
            "almanaque-1912",
            4,
            lambda n: books.almanac_leaf(1912, n),
            (230, 222, 200),
            "txt",
            lambda leaf, _: leaf.text(),
        ),
    )
    for name, count, leaf, colour, ending, text in volumes:
        for n in range(1, count + 1):
            place = f"{COSTA}/libros/{name}/{n:03}"
            yield (
                f"{place}.jpg",
                lambda name=name, n=n, leaf=leaf, colour=colour: books.printed(leaf(n), name, n, colour),
                jpeg(52),
            )
            yield f"{place}.{ending}", lambda n=n, leaf=leaf, text=text: text(leaf(n), f"{n:03}.jpg"), data


FILES = [
    (f"{SUR}/mapas/Plano de Puerto Sereno, 1853.jpg", port.port, jpeg(50)),
    (f"{SUR}/mapas/Carta esférica de la Costa de Almendra.jpg", maps.chart, jpeg(50, progressive=True)),
    (f"{SUR}/mapas/Isla_de_Brumas_1791.jpg", maps.island, jpeg(50)),
    (f"{SUR}/mapas/CONSTRUCCION-01.png", plans.elevation, png),
    (f"{SUR}/mapas/CONSTRUCCION-02.png", plans.floor_plan, png),
    *(
        (f"{SUR}/manuscritos/Cuaderno de viaje 1846/{n:03}.jpg", lambda n=n: manuscripts.notebook(n), jpeg(60))
        for n in range(1, 7)
    ),
    *(
        (f"{SUR}/manuscritos/Libro de coro/f. {f}.jpg", lambda f=f: manuscripts.choirbook(f), jpeg(54))
        for f in ("9r", "9v", "10r")
    ),
    (f"{SUR}/manuscritos/Carta a Doña Inés.jpg", manuscripts.letter, jpeg(58)),
    (f"{SUR}/carteles/Feria del Libro 1937.png", posters.book_fair, png),
    (f"{SUR}/carteles/FERROCARRIL_DEL_VALLE.png", posters.railway, png),
    (f"{SUR}/carteles/Regata de la Bahía.jpg", posters.regatta, jpeg(64)),
    (f"{ORIENTE}/fotografias/Puerto al amanecer.jpg", photographs.harbour, jpeg(66)),
    (f"{ORIENTE}/fotografias/Sierra del Alba (placa 14).jpg", photographs.sierra, jpeg(58)),
    (f"{ORIENTE}/fotografias/Avenida de los Laureles, 1912.jpg", photographs.avenue, jpeg(60)),
    (f"{ORIENTE}/fotografias/FARO_PUNTA_CLARA.jpg", photographs.lighthouse, jpeg(60)),
    (f"{ORIENTE}/fotografias/Ingenio San Telmo.jpg", photographs.mill, jpeg(56)),
    (
        f"{ORIENTE}/documentos/Acta de fundación 1921.tif",
        lambda: [typescript.minutes(n) for n in (1, 2, 3, 4)],
        tiff("tiff_adobe_deflate"),
    ),
    (f"{ORIENTE}/documentos/El Eco de Oriente 1908-05-12.jpg", typescript.front_page, jpeg(45)),
    (f"{ORIENTE}/documentos/FICHA-0214.jpg", typescript.caption_card, jpeg(68)),
    (f"{SALUD}/laminas/Lámina I. Flor de Alba.jpg", plates.herb, jpeg(64)),
    (f"{SALUD}/laminas/Lámina II. Helecho de la Sierra.jpg", plates.fern, jpeg(48)),
    (f"{SALUD}/laminas/Lámina III. Huesos de la mano.tif", plates.hand, tiff("tiff_lzw")),
    (f"{SALUD}/laminas/Lámina IV. Árbol bronquial.jpg", plates.airways, jpeg(64)),
    (f"{SALUD}/expedientes/Historia clínica 000214/1.png", lambda: forms.history(1), png),
    (f"{SALUD}/expedientes/Historia clínica 000214/2.png", lambda: forms.history(2), png),
    (f"{SALUD}/expedientes/Historia clínica 000214/10 curva térmica.jpg", forms.fever_chart, jpeg(58)),
    (f"{SALUD}/expedientes/VACUNACION_1954.png", forms.vaccination, png),
    *shots(),
    (
        f"{COSTA}/fotografias/Sin inventariar 07.jpg",
        lambda: coast.photograph("sin-inventariar-07", "palmas", "sepia"),
        jpeg(58),
    ),
    (f"{COSTA}/fotografias/Léame.txt", lambda: museum.NOTE, data),
    (f"{COSTA}/fotografias/metadatos.csv", museum.photograph_sheet, data),
    *pages(),
    (f"{COSTA}/libros/metadata.xlsx", museum.book_sheet, data),
    (f"{COSTA}/identidad/logo.svg", emblem.logo, data),
    (f"{SUR}/mapas/metadatos.csv", museum.map_sheet, data),
]
"""Path below this folder, what makes the image or the file, how it is saved."""


def main(arguments):
    if any(a.startswith("-") for a in arguments):
        print(__doc__.strip())
        return 0 if set(arguments) <= {"-h", "--help"} else 2
    wanted = [i for i in FILES if not arguments or any(a in i[0] for a in arguments)]
    if not wanted:
        print(f"no file has {' or '.join(arguments)} in its path", file=sys.stderr)
        return 2
    for name, draw, save in wanted:
        started = time.monotonic()
        path = HERE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        save(draw(), path)
        print(f"{path.stat().st_size / 1024:8.0f} KiB {time.monotonic() - started:5.1f} s  {name}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
