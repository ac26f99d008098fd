"""The words of a typeset page (`setting.Leaf`) as OCR programs write them: ALTO and hOCR."""

from xml.sax.saxutils import escape, quoteattr


def _around(boxes):
    boxes = list(boxes)
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


def _line_box(line):
    return _around(word.box for word in line)


def _block_box(block):
    return _around(_line_box(line) for line in block)


def _place(box):
    left, top, right, bottom = box
    return f'HPOS="{left}" VPOS="{top}" WIDTH="{right - left}" HEIGHT="{bottom - top}"'


def _string(word, name):
    """A String element; a part of a divided word also names the whole word."""
    content = word.text[:-1] if word.part == 1 else word.text
    whole = f' SUBS_TYPE="HypPart{word.part}" SUBS_CONTENT={quoteattr(word.whole)}' if word.part else ""
    return f'<String ID="{name}" {_place(word.box)} CONTENT={quoteattr(content)} WC="0.97"{whole}/>'


def alto(leaf, image):
    """ALTO 4 of one page, in pixels of `image`."""
    w, h = leaf.size
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#">',
        "  <Description>",
        "    <MeasurementUnit>pixel</MeasurementUnit>",
        f"    <sourceImageInformation><fileName>{escape(image)}</fileName></sourceImageInformation>",
        "  </Description>",
        "  <Layout>",
        f'    <Page ID="P1" PHYSICAL_IMG_NR="1" WIDTH="{w}" HEIGHT="{h}">',
        f"      <PrintSpace {_place(_around(map(_block_box, leaf.blocks)))}>",
    ]
    for b, block in enumerate(leaf.blocks, 1):
        out.append(f'        <TextBlock ID="B{b}" {_place(_block_box(block))} LANG="es">')
        for n, line in enumerate(block, 1):
            out.append(f'          <TextLine ID="B{b}L{n}" {_place(_line_box(line))}>')
            for i, word in enumerate(line, 1):
                if i > 1:
                    left, right = line[i - 2].box[2], word.box[0]
                    out.append(f'            <SP HPOS="{left}" VPOS="{word.box[1]}" WIDTH="{max(0, right - left)}"/>')
                out.append(f"            {_string(word, f'B{b}L{n}S{i}')}")
                if word.part == 1:
                    out.append('            <HYP CONTENT="-"/>')
            out.append("          </TextLine>")
        out.append("        </TextBlock>")
    out += ["      </PrintSpace>", "    </Page>", "  </Layout>", "</alto>", ""]
    return "\n".join(out)


def _bbox(box):
    return "bbox " + " ".join(str(v) for v in box)


def hocr(leaf, image):
    """hOCR 1.2 of one page, in pixels of `image`."""
    w, h = leaf.size
    title = escape(f'image "{image}"; bbox 0 0 {w} {h}; ppageno 0', {"'": "&#39;"})
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"'
        ' "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">',
        '<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="es" lang="es">',
        " <head>",
        f"  <title>{escape(image)}</title>",
        '  <meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>',
        '  <meta name="ocr-system" content="acervo-examples"/>',
        '  <meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_par ocr_line ocrx_word"/>',
        " </head>",
        " <body>",
        f"  <div class='ocr_page' id='page_1' title='{title}'>",
    ]
    for b, block in enumerate(leaf.blocks, 1):
        box = _bbox(_block_box(block))
        out.append(f"   <div class='ocr_carea' id='block_1_{b}' title='{box}'>")
        out.append(f"    <p class='ocr_par' id='par_1_{b}' lang='spa' title='{box}'>")
        for n, line in enumerate(block, 1):
            out.append(f"     <span class='ocr_line' id='line_1_{b}_{n}' title='{_bbox(_line_box(line))}'>")
            for i, word in enumerate(line, 1):
                place = f"{_bbox(word.box)}; x_wconf 96"
                out.append(
                    f"      <span class='ocrx_word' id='word_1_{b}_{n}_{i}' title='{place}'>{escape(word.text)}</span>"
                )
            out.append("     </span>")
        out += ["    </p>", "   </div>"]
    out += ["  </div>", " </body>", "</html>", ""]
    return "\n".join(out)
