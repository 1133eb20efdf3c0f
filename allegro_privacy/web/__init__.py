"""What a person, or a mail program, meets behind the link in an e-mail. Thin: reads the request, calls workflow, shows
a page.

app.py is the WSGI application (mountable in any server), pages.py its pages, requests.py what is read of a request,
rates.py how often somebody may ask, server.py the server of `allegro-privacy serve`, wsgi.py what another server
imports."""
