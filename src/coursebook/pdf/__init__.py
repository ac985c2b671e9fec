"""One PDF of a whole book: `python -m coursebook.pdf FOLDER book.pdf`.

`document` puts the pages of the built site into one HTML document, in the order of `_toc.yml`; `printer` prints it
with Chromium and finishes the file. The site has done all the work before: numbers, links, drawings and descriptions
are those of its pages.
"""
