"""From knowledge to search: words, vectors, ranking, how likely a hit answers; no database, no web."""
