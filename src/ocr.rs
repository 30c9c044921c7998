//! Reads a page image into words with boxes and confidences, with tesseract in process.
