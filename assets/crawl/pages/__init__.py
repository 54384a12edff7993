"""Bytes that a visit brought, as the page that its reader finds: lines, links, forms.

Belongs here: character sets, markup however broken, elements, and the shapes of a page. Does not
belong here: what any of it means (`checks`), and fetching (`fetch`).
"""
