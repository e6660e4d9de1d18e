"""The pages of the staff, mounted under ``/desk``: inbox, conversations, leads, figures, accounts.

How a page is added:

1. A module exports ``routes = web.RouteTableDef()``; its paths are relative (``/leads``), its routes
   named, and each handler says who may use it with :func:`~office.access.require`.
   Console modules are listed in ``office/console/app.py``; another section (the workbench) calls
   :func:`~office.section.create_section` with its own modules.
2. The handler reads and writes through :func:`~office.transactions.read` and
   :func:`~office.transactions.write` (a ``desk`` function that takes a connection, run off the event
   loop), checks the object's center with :func:`~office.access.check_center` (404 for another
   center's, so that an id tells nothing), and answers with :func:`~office.pages.render`, or
   after a change with :func:`~office.pages.see_other` and a notice.  Errors of the desk need no
   handling: 404, 409 and 400 pages or JSON are made of them.
3. The template extends ``desk/base.html`` (blocks ``title``, ``head``, ``heading``, ``actions``, ``main``)
   and uses ``desk/macros.html``; styles are in ``static/desk/desk.css``.  No inline styles or scripts: the
   content security policy refuses them.
4. ``tests/browser/page_routes.py`` names its address, and a place of ``tests/browser/places.py`` opens it,
   so that it is looked at for accessibility; without it ``tests/test_pages.py`` fails.
5. A place in the menu is one line in ``office/navigation.py``, with its permission.

Every section requires a session; a handler without one is marked
:func:`~office.access.public`.  Unsafe requests must prove that they come from our own page.
"""
