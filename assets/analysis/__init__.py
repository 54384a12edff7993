"""Analysis beside the official results: why a score or rank moved, how sure a rank is, and ranks in
both universes. Two products, two places: everything here reads what is promoted and writes only
`ana_` tables; nothing that is published or computed officially is altered, and no other stage reads
it. Rules and limits: docs/analysis.md.
"""
