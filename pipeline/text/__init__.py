"""What a text says, without knowledge of any subject.

    fold        same-length folding of case, diacritics, letter variants and digits; word boundaries
    language    which of the eleven languages a text is in, offline
    sentences   where sentences and paragraphs end
    tokens      words, numbers and marks of a folded text, block by block
    lexicon     number and calendar words of each language, as package data
    numbers     digits and number words -> one exact value
    quantities  money, counts, shares, multiples, durations and ordinals, each with its span
    dates       dates at the stated precision, absolute or relative to publication

Offsets count Unicode code points in the text as given; every span equals the text at its offsets.
"""
