#!/usr/bin/env python3
"""Typesets the contracts in source/ and scans them: makes every document of this folder.

All parties, persons, addresses and numbers are invented (no trade register number starts with 00).
The same bytes come out each time with the same versions of the packages and fonts:

    pip install reportlab==5.1.0 pypdfium2==5.15.2 pillow==13.0.0 numpy==2.4.6 pypdf==7.1.0
    apt-get install fonts-liberation fonts-dejavu-core
    python3 sample-docs/make.py

A source is plain text: `= ` title, `== ` heading, `- ` small centered line, `|| left || right` two columns of the
signature block, `~~` room for signatures, `{page}` a new page, blank lines between paragraphs; a line is a paragraph.
"""
import email.message
import io
import pathlib
import random
import zipfile

import numpy as np
import pypdfium2
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, ByteStringObject
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (BaseDocTemplate, Frame, KeepTogether, PageBreak, PageTemplate, Paragraph, Spacer,
                                Table)

HERE = pathlib.Path(__file__).parent
FONTS = pathlib.Path("/usr/share/fonts/truetype")
FACES = {
    "serif": ("liberation2/LiberationSerif-Regular.ttf", "liberation2/LiberationSerif-Bold.ttf"),
    "sans": ("liberation2/LiberationSans-Regular.ttf", "liberation2/LiberationSans-Bold.ttf"),
    "humanist": ("dejavu/DejaVuSans.ttf", "dejavu/DejaVuSans-Bold.ttf"),
    "typewriter": ("liberation2/LiberationMono-Regular.ttf", "liberation2/LiberationMono-Regular.ttf"),
}
for face, (regular, bold) in FACES.items():
    pdfmetrics.registerFont(TTFont(face, FONTS / regular))
    pdfmetrics.registerFont(TTFont(face + "-bold", FONTS / bold))


# ------------------------------------------------------------------------------------------------- typesetting
def typeset(name, face="serif", size=10.5, leading=1.35, footer=None, justify=True, text=None):
    """The contract source/<name>.txt (or this text) as a born-digital PDF."""
    bold = face if face == "typewriter" else face + "-bold"
    body = ParagraphStyle("body", fontName=face, fontSize=size, leading=size * leading, spaceAfter=size * 0.35,
                          alignment=TA_JUSTIFY if justify else TA_LEFT)
    head = ParagraphStyle("head", body, fontName=bold, spaceBefore=size * 0.8, alignment=TA_LEFT, keepWithNext=1)
    title = ParagraphStyle("title", body, fontName=bold, fontSize=size * 1.4, leading=size * 1.9,
                           alignment=TA_CENTER, spaceBefore=size, spaceAfter=size)
    small = ParagraphStyle("small", body, alignment=TA_CENTER)
    column = ParagraphStyle("column", body, alignment=TA_LEFT)
    story, rows = [], []

    def end_of_block():
        if rows:
            story.append(KeepTogether([Spacer(1, size), Table(rows[:], colWidths=["50%", "50%"])]))
            rows.clear()

    text = text or (HERE / "source" / f"{name}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        escaped = line.replace("&", "&amp;").replace("<", "&lt;")
        if line.startswith("|| "):
            rows.append([Paragraph(cell.strip(), column) for cell in escaped[3:].split("||")])
            continue
        if line == "~~":
            rows.append([Spacer(1, size * 4), Spacer(1, size * 4)])
            continue
        end_of_block()
        if line.startswith("= "):
            story.append(Paragraph(escaped[2:], title))
        elif line.startswith("== "):
            story.append(Paragraph(escaped[3:], head))
        elif line.startswith("- ") and line[2:3].isupper() and not line.endswith(";"):
            story.append(Paragraph(escaped[2:], small))
        elif line == "{page}":
            story.append(PageBreak())
        elif line:
            story.append(Paragraph(escaped, body))
    end_of_block()

    def foot(canvas, document):
        canvas.setFont(face, size * 0.75)
        if footer:
            canvas.drawString(70, 40, footer)
        canvas.drawRightString(A4[0] - 70, 40, str(document.page))

    out = io.BytesIO()
    document = BaseDocTemplate(out, pagesize=A4, title=name, invariant=1)
    frame = Frame(70, 62, A4[0] - 140, A4[1] - 124, id="page")
    document.addPageTemplates(PageTemplate(id="all", frames=[frame], onPage=foot))
    document.build(story)
    return out.getvalue()


# ---------------------------------------------------------------------------------------------------- scanning
def signatures(page, rng, boxes):
    """Pen strokes where people sign."""
    draw = ImageDraw.Draw(page)
    for x, y in boxes:
        points, width = [], rng.randint(220, 320)
        for step in range(60):
            t = step / 59
            points.append((x + t * width + rng.uniform(-4, 4),
                           y + 34 * np.sin(t * rng.uniform(14, 17)) * (1 - 0.6 * t) + rng.uniform(-5, 5)))
        draw.line(points, fill=(30, 40, 110), width=4, joint="curve")


def stamp(page, rng, text):
    """A rubber stamp, unevenly inked, askew."""
    mark = Image.new("L", (620, 210), 0)
    draw = ImageDraw.Draw(mark)
    draw.rounded_rectangle((6, 6, 613, 203), 24, outline=255, width=8)
    font = ImageFont.truetype(str(FONTS / FACES["sans"][1]), 54)
    for i, line in enumerate(text.split("\n")):
        draw.text((310, 66 + 72 * i), line, fill=255, font=font, anchor="mm")
    worn = np.random.default_rng(rng.randrange(1 << 30)).random((21, 62)) * 120 + 120
    ink = ImageChops.multiply(mark, Image.fromarray(worn.astype("uint8")).resize(mark.size))
    ink = ink.rotate(rng.uniform(4, 9), expand=True, resample=Image.Resampling.BICUBIC)
    page.paste((120, 40, 80), (page.width - ink.width - 120, 60), ink)


def scan(pdf, seed, dpi=200, skew=0.6, noise=6.0, blur=0.5, paper=(255, 255, 255), holes=False, ink=None, turn=(),
         sign_on=None):
    """Renders every page as a copier would see it: RGB images."""
    rng, pages = random.Random(seed), []
    for number, rendered in enumerate(pypdfium2.PdfDocument(pdf)):
        page = rendered.render(scale=dpi / 72).to_pil().convert("RGB")
        if sign_on == number + 1:
            signatures(page, rng, signature_places(rendered, dpi))
        if ink and number == 0:
            stamp(page, rng, ink)
        page = page.rotate(rng.uniform(-skew, skew), resample=Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))
        if blur:
            page = page.filter(ImageFilter.GaussianBlur(blur))
        grain = np.random.default_rng(seed * 100 + number)
        pixels = np.asarray(page, dtype="float32")
        height, width, _ = pixels.shape
        stain = Image.fromarray((grain.random((9, 6)) * 255).astype("uint8")).resize((width, height), Image.Resampling.BICUBIC)
        tone = np.asarray(paper, dtype="float32") / 255
        age = 1 - (np.asarray(stain, dtype="float32")[..., None] / 255) * (1 - tone.mean()) * 0.5
        pixels = pixels * tone * age + grain.normal(0, noise, (height, width, 1))
        if holes:
            yy, xx = np.mgrid[0:height, 0:width]
            for at in (0.36, 0.64):
                hole = (xx - dpi * 0.35) ** 2 + (yy - height * at) ** 2 < (dpi * 0.12) ** 2
                pixels[hole] = 40
        # Specks of dust.
        for _ in range(int(noise * 6)):
            y, x = int(grain.integers(0, height - 3)), int(grain.integers(0, width - 3))
            pixels[y:y + 2, x:x + 2] = grain.integers(30, 120)
        image = Image.fromarray(np.clip(pixels, 0, 255).astype("uint8"))
        quarter = dict(turn).get(number + 1, 0)
        pages.append(image.rotate(-quarter, expand=True) if quarter else image)
    return pages


def signature_places(page, dpi):
    """Just above the last line of the page's last block: where the room for signatures is."""
    text = page.get_textpage()
    boxes = [text.get_rect(i) for i in range(text.count_rects())]
    bottom = min(box[1] for box in boxes if box[1] > 60)
    y = (A4[1] - bottom - 32) * dpi / 72
    return [(80 * dpi / 72, y), ((A4[0] / 2 + 10) * dpi / 72, y)]


def bilevel(page, threshold=150):
    return page.convert("L").point(lambda value: 255 if value > threshold else 0).convert("1", dither=Image.Dither.NONE)


def images_to_pdf(pages, dpi, quality=None):
    """Page images in a PDF as scanners write it: JPEG where a quality is given, else CCITT group 4."""
    writer = PdfWriter()
    for page in pages:
        out = io.BytesIO()
        if quality:
            canvas = Canvas(out, pagesize=(page.width * 72 / dpi, page.height * 72 / dpi), invariant=1)
            jpeg = io.BytesIO()
            page.save(jpeg, "JPEG", quality=quality)
            canvas.drawImage(ImageReader(io.BytesIO(jpeg.getvalue())), 0, 0, page.width * 72 / dpi, page.height * 72 / dpi)
            canvas.save()
        else:
            # Pillow writes bilevel pages as CCITT group 4.
            bilevel(page).save(out, "PDF", resolution=dpi)
        writer.append(io.BytesIO(out.getvalue()))
    # Pillow writes the time into its PDFs; samples have none.
    writer.metadata = {"/Producer": "sample scanner"}
    return write(writer)


def images_to_tiff(pages, dpi):
    """A multi-page TIFF, group 4."""
    out = io.BytesIO()
    first, *rest = [bilevel(page) for page in pages]
    first.save(out, "TIFF", compression="group4", dpi=(dpi, dpi), save_all=True, append_images=rest)
    return out.getvalue()


def write(writer):
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


# ----------------------------------------------------------------------------------------------- the documents
def encrypted(pdf, password):
    # 128-bit RC4: the only cipher of pypdf that needs no random numbers, so that the same bytes come out.
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    identifier = ByteStringObject(b"griffie sample 1")
    writer._ID = ArrayObject((identifier, identifier))
    writer.generate_file_identifiers = lambda: None
    writer.encrypt(password, algorithm="RC4-128")
    return write(writer)


def mail(name, pdf):
    message = email.message.EmailMessage()
    message["From"] = "Ingrid Smulders <i.smulders@odkempenland.example>"
    message["To"] = "archief@odkempenland.example"
    message["Subject"] = "Getekende detacheringsovereenkomst"
    message["Date"] = "Tue, 29 Aug 2023 09:12:00 +0200"
    message["Message-ID"] = "<20230829091200.1@odkempenland.example>"
    message.set_content("Goedemorgen,\n\nHierbij de getekende overeenkomst voor het archief.\n\nGroet,\nIngrid\n")
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename=name)
    message.set_boundary("=-sample-boundary")
    return message.as_bytes()


def archive(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        for name, content in members:
            entry = zipfile.ZipInfo(name, (2024, 1, 15, 12, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            bundle.writestr(entry, content)
    return out.getvalue()


def documents():
    """Every document of this folder: its name and its bytes."""
    lease = typeset("huurovereenkomst-kantoor", "serif", 10.5, footer="Huurovereenkomst VST/2017-088")
    yield "huurovereenkomst-kantoor.pdf", images_to_pdf(scan(lease, 1, dpi=300, noise=8, holes=True, sign_on=2), 300)
    addendum = typeset("huurovereenkomst-kantoor-allonge", "serif", 11)
    yield "huurovereenkomst-kantoor-allonge.tif", images_to_tiff(scan(addendum, 2, dpi=200, skew=0.9, sign_on=1), 200)

    cleaning = typeset("schoonmaak-gemeente", "sans", 10, footer="Overeenkomst Schoonmaakdiensten 2021-IK-0347")
    yield "schoonmaak-gemeente.pdf", cleaning
    yield "schoonmaak-gemeente-kopie.pdf", cleaning

    old = typeset("leveringscontract-1974", "typewriter", 11, leading=1.5, justify=False)
    yield "leveringscontract-1974.pdf", images_to_pdf(
        scan(old, 3, dpi=200, skew=1.2, noise=9, blur=0.7, paper=(240, 222, 180), holes=True,
             ink="INGEKOMEN\n21 NOV. 1974", sign_on=2), 200, quality=42)

    yield "onderhoud-liften.pdf", typeset("onderhoud-liften", "humanist", 9.5, justify=False)
    yield "softwarelicentie-tegenstrijdig.pdf", typeset("softwarelicentie-tegenstrijdig", "sans", 10.5)
    yield "samenwerking-concept.pdf", typeset("samenwerking-concept", "serif", 11.5, justify=False)
    yield "sla-werkplekken.pdf", typeset("sla-werkplekken", "humanist", 9.5, footer="SLA-W-2023-04")
    yield "mutual-nda.pdf", typeset("mutual-nda", "serif", 11)
    services = typeset("managed-services-agreement", "serif", 11, footer="HB-MSA-0412")
    yield "managed-services-agreement.tif", images_to_tiff(scan(services, 4, dpi=300, noise=7, sign_on=2), 300)

    bundle = scan(typeset("subsidie-bundel", "sans", 10.5), 5, dpi=200, turn={2: 180, 3: 90, 4: 180}.items())
    yield "subsidie-gedraaid.pdf", images_to_pdf(bundle, 200)

    letter = scan(typeset("opdrachtbevestiging", "sans", 9.5), 6, dpi=200, noise=5, paper=(250, 247, 238), sign_on=1)[0]
    out = io.BytesIO()
    letter.convert("L").save(out, "JPEG", quality=55, dpi=(200, 200))
    yield "opdrachtbevestiging.jpg", out.getvalue()

    yield "verwerkersovereenkomst-versleuteld.pdf", encrypted(typeset("verwerkersovereenkomst", "sans", 11), "geheim")
    damaged = typeset("sponsorovereenkomst", "humanist", 11)
    yield "sponsorovereenkomst-afgekapt.pdf", damaged[: len(damaged) * 2 // 5]

    secondment = typeset("detachering", "sans", 11)
    yield "detachering.eml", mail("detacheringsovereenkomst.pdf", secondment)
    yield "nazending.zip", archive([
        ("sponsor/sponsorovereenkomst.pdf", typeset("sponsorovereenkomst", "humanist", 10)),
        ("lening/geldlening.pdf", images_to_pdf(scan(typeset("geldlening", "serif", 11.5), 7, dpi=200), 200)),
    ])


if __name__ == "__main__":
    total = 0
    for name, content in documents():
        (HERE / name).write_bytes(content)
        total += len(content)
        print(f"{len(content):>9}  {name}")
    print(f"{total:>9}  in all")
