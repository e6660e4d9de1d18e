"""Papers that people receive, read as they are: their lines, what they are, and by when to act.

Nothing here keeps a file, knows a conversation or counts a deadline; ``actions.paper_due`` adds the
day that a rule gives.  A person's paper never enters the knowledge base.
"""
