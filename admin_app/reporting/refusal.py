"""Why a verb didn't do what it was asked for, as a sentence for the person. Nothing has been changed."""


class Refused(Exception):
    """``sentence`` says what is in the way and, where something helps, what; it is translated already."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
