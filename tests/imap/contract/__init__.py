"""What every server, however one signs in and whatever it can do, must give."""
