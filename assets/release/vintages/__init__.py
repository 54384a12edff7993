"""The vintages of a year: which there are, who answers for them, what people do to them.

Belongs here: signing, going back, the changelog. Does not belong here: the journal itself and the
pointer (lake), what differs between two vintages (`diff`).
"""
