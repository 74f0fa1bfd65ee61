"""What happened on the road, in figures: each with its definition, what is unknown of it, and the
rows that it is the sum of.

Every figure is over the posts that arrived on the wall in a period, from its first millisecond up
to its last but one: arrival is our clock's, and no later find changes which posts a past evening
had. What is withdrawn or erased is in no figure, whenever it arrived; nor is what the team wrote.
"""
