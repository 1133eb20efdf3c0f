"""Keeps a shop's promise: reads opt-out and privacy requests, suppresses, and proves what was done.

The map of the package; read the modules in this order.

    core/       pure: the nouns (message, person, reading, decision), who we are (shop), what the person wrote (text),
                what they ask (rules, reader, classify), what is done about it (decide), who and where (identity,
                postal), which row of a list is theirs (matching), dates (deadlines), the hash chain (ledger), numbers
                (figures)
    sources/    where messages come from: files and servers (imap), bytes and origin in, a Message out
    store/      SQLite: the ledger and the tables derived from it; journal writes, views read
    lists/      what goes to mail houses and mail platforms
    reports/    figures as pages
    workflow/   the use cases in order: the only place where core and the world meet
    web/        what is met behind the link in an e-mail: a WSGI application and its pages
    cli/        thin: parse, call workflow, show
    config.py   TOML -> frozen Settings; sections.py says what may stand in it, schema.py checks it; accounts.py reads
                mailboxes on servers, links.py where links lead; tables.py reads data/
    errors.py   what can go wrong, and the exit codes
    data/       rows, not code

One message, as a line of calls: source.fetch -> parse -> classify -> decide -> journal.record -> acknowledge.
"""

__version__ = "0.1.0"
