"""What trainers do with the knowledge: bring in, draft, try out, release, listen to what was not answered.

Services without pages: the workbench, the command line and the server call them.  Nothing here knows HTTP.
"""
