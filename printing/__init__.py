"""What is drawn to be kept or printed: the card of a quiz, certificates, posters, handouts, reports, plans.

Pure functions from values to SVG, PNG or PDF; who may have them is decided above.
"""
