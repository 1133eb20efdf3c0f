"""Pure: no file, network, clock, database or terminal. `now` and `actor` always come in as arguments."""
