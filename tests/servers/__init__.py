"""Mail servers for tests: a real Dovecot, an embedded one, one that misbehaves on demand, and a line with a delay.

    def test_a_cut_answer_loses_nothing(faulty):
        faulty.deliver("privacy", "INBOX", letter(1))
        faulty.plan("close-mid-literal")            # the names and what they do: faults_of_lines, faults_of_answers
        ...                                         # the program under test talks to faulty.host, faulty.port
        assert not faulty.did("flag", "\\Seen")
        assert faulty.verbs()["UID FETCH"] == 3

The fixtures `dovecot`, `embedded`, `faulty` and `mail_server` (each of the three) are in `fixtures`; servers with
other options are started by `running_dovecot(...)`, `running_embedded(...)` and `faulty_server(...)`.
"""
