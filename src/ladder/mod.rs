//! A timeline laid out in lanes and rows: no pixels, no columns.
