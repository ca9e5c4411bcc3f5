"""What a text says, without knowledge of any subject.

    fold        same-length folding of case, diacritics, letter variants and digits; word boundaries
    language    which of the eleven languages a text is in, offline
    sentences   where sentences and paragraphs end
    quantities  money, counts, shares, multiples, durations and ordinals, each with its span; dates in the same pass
    dates       dates at the stated precision, absolute or relative to publication

Beneath them, in the order in which a number is understood:

    tokens      words, numbers and marks of a folded text, block by block
    phrases     tables of words and phrases, with inflected endings
    lexicons    number words of each language; date_words: its calendar words; lexicon/ holds both as data
    numbers     digits and number words -> one exact value; compounds: words made of words
    amounts     single values, ranges, bounds
    names       digits that are part of a name, a code, a label or a clock time
    measures    what an amount measures; counts and nouns: what it counts
    date_forms  dates as written; date_phrases: last July, two years ago; date_meaning: which day that is
    periods     calendar arithmetic
    records     what is handed out

Offsets count Unicode code points in the text as given; every span equals the text at its offsets.
"""
