"""The chat page for browsers: server-rendered, with small scripts that make it live."""
