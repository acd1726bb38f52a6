"""Registries from files: one import from the matching of columns to taking it back.

    run = runs.begin(session, "organization", "реестр.xlsx", data, directory)   # MAPPING: the heading is read
    runs.match(session, run, fields, defaults)                                  # CHECKING: the columns are said
    work.check(session, run.id, directory, tell)                                # READY: every line is judged
    work.execute(session, run.id, tell)                                         # DONE: all of it, or nothing

What a line means and whether it is right, the single form of the table decides; `kinds.KINDS` is where the generated screens
say how (the rules know no screens). Above `work.SMALL` lines both steps are a job. The lines lie in `ImportRow`, so that what
was shown is what is done: a line that would come out differently stops the import.
"""
