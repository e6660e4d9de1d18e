"""The pages of the center's people: the desk for staff, the workbench for trainers, one frame around both.

The modules of this folder are that frame: who is logged in, how a page is rendered, the menu; ``console``
and ``workbench`` are sections and do not import each other.
"""
