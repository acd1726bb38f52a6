"""Changes of many rows that nobody waits for: looked through in the background, decided upon, done as a whole.

`verbs`: what a person says (begin, decide, look again, cancel); `work`: what the worker does. What a kind of task does to rows
is a `verbs.Doer`; the generated screens, which know the forms and the words, register theirs at start.
"""
