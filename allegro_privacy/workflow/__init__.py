"""The use cases in order: the only place where core and the world meet.

judge    rules and policy in force; one message judged; `classify` without a database
intake   `pull`: fetch, judge, record in batches, acknowledge; what happens to a message that stops the program
answers  staff's answers: reviews, lift, erase
cases    rights requests: each step that staff take, allowed or refused
docket   what is owed by which date, and the calendar file
insight  questions: status, find, why, report, verify
filing   what is done in a mailbox on a server with mail that was recorded
watch    `pull --watch`
lock     one process at a time at one mailbox
auth     signing in at Microsoft's or Google's
outgoing lists that leave, with their guards
upkeep   init and doctor
pings    a monitor is told that a pull began and how it ended
"""
