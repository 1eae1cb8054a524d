"""Reading printed sheets as a PDF reader does."""

import pypdfium2


def pages_of(pdf):
    """The text of each page."""
    with_pages = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_bounded() for page in with_pages]


def text_of(pdf):
    """The text of all pages in one line."""
    return " ".join(" ".join(pages_of(pdf)).split())


def colours_of(pdf, page=0, scale=1.0):
    """The colours that a page shows, #RRGGBB -> number of pixels."""
    image = pypdfium2.PdfDocument(pdf)[page].render(scale=scale).to_pil().convert("RGB")
    return {f"#{r:02X}{g:02X}{b:02X}": count for count, (r, g, b) in image.getcolors(maxcolors=2**24)}
