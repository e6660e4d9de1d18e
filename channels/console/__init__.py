"""The pages of the center's staff: the console under ``/desk`` and the frame the workbench shares.

How a page is added:

1. A module exports ``routes = web.RouteTableDef()``; its paths are relative (``/leads``), its routes
   named, and each handler says who may use it with :func:`~channels.console.access.require`.
   Console modules are listed in ``channels/console/app.py``; another section (the workbench) calls
   :func:`~channels.console.app.create_section` with its own modules.
2. The handler reads and writes through :func:`~channels.console.records.read` and
   :func:`~channels.console.records.write` (a ``desk`` function that takes a connection, run off the event
   loop), checks the object's center with :func:`~channels.console.access.check_center` (404 for another
   center's, so that an id tells nothing), and answers with :func:`~channels.console.pages.render`, or
   after a change with :func:`~channels.console.pages.see_other` and a notice.  Errors of the desk need no
   handling: 404, 409 and 400 pages or JSON are made of them.
3. The template extends ``desk/base.html`` (blocks ``title``, ``head``, ``heading``, ``actions``, ``main``)
   and uses ``desk/macros.html``; styles are in ``static/desk/desk.css``.  No inline styles or scripts: the
   content security policy refuses them.
4. A place in the menu is one line in ``channels/console/navigation.py``, with its permission.

Every section requires a session; a handler without one is marked
:func:`~channels.console.access.public`.  Unsafe requests must prove that they come from our own page.
"""
