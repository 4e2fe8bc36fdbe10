#!/bin/sh
# Draws docs/images/invoice.png: an invoice of the demonstration. Needs `make demo` and poppler-utils.
set -eu
cd "$(dirname "$0")/../.."
pdftoppm -png -gray -r 80 -f 1 -singlefile -x 0 -y 0 -W 661 -H 735 \
  out/demo/pdf/FFR2026-0002.pdf docs/images/invoice
