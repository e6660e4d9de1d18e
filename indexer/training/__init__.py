"""How the shipped models are made: the encoder, the order of hits, the chance of an answer."""
