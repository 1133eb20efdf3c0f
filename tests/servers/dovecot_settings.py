"""Dovecot's configuration for a private server in one folder, and the identities it runs under."""

import grp
import os
import pwd
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# What Dovecot 2.3 says by itself; it hides what is left out of a list of our own.
BEFORE_LOGIN = "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+"
AFTER_LOGIN = (
    f"{BEFORE_LOGIN} SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS THREAD=ORDEREDSUBJECT MULTIAPPEND "
    "URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC "
    "ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW "
    "STATUS=SIZE SAVEDATE"
)


@dataclass(frozen=True, slots=True)
class Runner:
    """Who the parts of a server run as. Root must lend the mailboxes to somebody ordinary: Dovecot refuses uid 0."""

    internal: str
    login: str
    group: str
    mail_uid: int
    mail_gid: int


def runner() -> Runner:
    """The present user for everything; as root the package's own users, and nobody for the mailboxes."""
    if os.geteuid():
        name, group = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
        return Runner(name, name, group, os.geteuid(), os.getegid())
    nobody = pwd.getpwnam("nobody")
    return Runner("dovecot", "dovenull", "dovecot", nobody.pw_uid, nobody.pw_gid)


def capability(hidden: Iterable[str]) -> str:
    """The `imap_capability` line that hides these; empty when nothing is hidden."""
    left = [word for word in AFTER_LOGIN.split() if word not in set(hidden)]
    return f"imap_capability = {' '.join(left)}" if list(hidden) else ""


@dataclass(frozen=True, slots=True)
class Options:
    """What a test asks of the server; see `running_dovecot`."""

    hidden: tuple[str, ...] = ()
    rights: str = ""


def settings(top: Path, port: int, tls_port: int, pem: Path, options: Options) -> str:
    """The whole file, in the words of Dovecot 2.3."""
    who = runner()
    acl = f"mail_plugins = acl\nplugin {{\n  acl = vfile:{top}/acl\n}}" if options.rights else ""
    return f"""
base_dir = {top}/run
state_dir = {top}/state
log_path = {top}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {who.internal}
default_login_user = {who.login}
default_internal_group = {who.group}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  # Without this listener nobody is slowed for wrong passwords.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
mail_location = maildir:~/Maildir
first_valid_uid = 1
first_valid_gid = 1
mail_max_userip_connections = 100
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Drafts {{
    special_use = \\Drafts
  }}
}}
userdb {{
  driver = static
  args = uid={who.mail_uid} gid={who.mail_gid} home={top}/home/%u allow_all_users=yes
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {top}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = scheme=PLAIN username_format=%u {top}/users
}}
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{pem}
ssl_key = <{pem}
rawlog_dir = {top}/raw/%u
{capability(options.hidden)}
{acl}
"""


def oauth_settings(top: Path) -> str:
    """Tokens are judged here, without a network: a JWT whose `sub` is the user, signed with the key in this folder."""
    return f"""
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={top}/keys/
username_attribute = sub
"""
