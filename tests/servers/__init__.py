"""Mail servers for tests: a real Dovecot, an embedded one, one that misbehaves on demand, and a line with a delay."""
