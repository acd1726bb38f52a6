"""Why a verb didn't do what it was asked for, as a sentence for the person. Nothing has been changed."""


class Refused(Exception):
    """``sentence`` says what is in the way and, where something helps, what; it is translated already.

    ``field`` names the attribute that it is about, if it is about one.
    """

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
