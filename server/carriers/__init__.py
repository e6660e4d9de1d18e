"""What carries signals between copies of the server: datagrams on one machine, PostgreSQL, or Redis."""
