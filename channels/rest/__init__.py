"""The REST interface: JSON over HTTP for programs and for the scripts of our own pages."""
