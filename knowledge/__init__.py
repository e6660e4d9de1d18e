"""What we know: documents and tables, how they are read, checked, cut into passages and published."""
