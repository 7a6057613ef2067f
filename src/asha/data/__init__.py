"""Corpora as data: registry, sources, mixtures, augmentation."""
