"""Where corpora come from: one module for each kind of source, one verb: read."""
