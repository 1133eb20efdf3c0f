"""Reading and filing a mailbox on a server, shown on real servers."""
