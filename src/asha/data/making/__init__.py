"""asha data make: speech, words and disturbances made from what there is, step by step."""
