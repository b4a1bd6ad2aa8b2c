"""What small words do in a sentence: enough grammar to tell a whole phrase from a piece of one, without a tagger."""

from __future__ import annotations

from vocanalytics.themes.wording.stopwords import STOP_WORDS


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: They turn a phrase into its opposite, so a phrase never loses one on its way to a name.
NEGATIONS = _words("""
not no never cannot can't couldn't don't doesn't didn't isn't wasn't aren't weren't won't hasn't haven't hadn't wouldn't
shouldn't cant couldnt dont doesnt didnt isnt wasnt wont hasnt havent without
nicht kein keine keinen pas sans sin não sem non senza niet geen
""")
#: With these a name may begin: "can't log in", "no arrival message". "Hasn't arrived" lacks its subject.
OPENING_NEGATIONS = _words("""
no cannot can't couldn't don't doesn't didn't won't cant couldnt dont doesnt didnt wont
kein keine sin sans sem senza geen
""")
#: What follows one belongs to it: a run that ends before it, or begins behind it and a noun, is a piece of a phrase.
DETERMINERS = _words("""
a an the my your our their his her its this these those any some every each another all no
der die das den dem des ein eine einen einem mein meine unser unsere le la les un une des mon ma mes notre nos
el los las una mi nuestro nuestra o os as um uma meu minha il lo gli i mio mia de het een mijn onze
""")
OBJECTS = _words("me you it us them him her i we he she they")
PREPOSITIONS = _words("""
of in on at for to from with by into about as over under after before via per within during against through between onto
""")
#: They begin a clause of their own; no phrase runs across them.
CLAUSE_OPENERS = _words("""
that which if when because but so while whether although though since unless until than who whom whose why what how
where then und oder aber weil wenn ob dass mais si quand parce que porque pero cuando mas quando ma se perché als omdat
maar
""")
#: What follows one of these is more likely a verb than a noun.
BEFORE_VERBS = _words("""
to i we you they he it will would can could should may might must am is was are were be been being has have had i'm i've
don't didn't can't cannot won't isn't wasn't hasn't haven't not just get got being
""")
HELPERS = _words("do does did")
#: "Up" ends a phrase ("top up") and never begins one; some say when or how strongly, not what.
PARTICLES = _words("up off out down back")
VERB_PARTICLES = _words("in on down")
AFTER_PARTICLES = _words("and or again today yesterday now yet anymore please at all properly anyway")
ASIDES = _words("""
ago morning evening earlier recently currently lately afterwards meanwhile definitely totally absolutely especially
completely simply continually constantly unfortunately seriously honestly overall literally actually basically pls plz
otra vez danke nochmals encore obrigado obrigada bonjour merci
""")
#: They mean something beside another word only: "charged twice a day" is not about days.
VAGUE = _words("""
day days week weeks hour hours minute minutes month months year years problem problems issue issues option options app
try tried trying ask asked asking number numbers user users customer customers company team work works working check
find show shows showing receive received receiving people person mean means add complete completed call calls system
feature features product service services unable able working worked
""")


def plain(word: str) -> str:
    """A word as the lists above hold it."""
    return word.casefold().replace("’", "'")


def is_hollow(word: str) -> bool:
    """Whether a plain word says nothing about the subject: a small word, an aside, a number, a single letter."""
    small = word in STOP_WORDS or word.split("'")[0] in STOP_WORDS or word in NEGATIONS or word in ASIDES
    return small or len(word) < 2 or word.replace("-", "").isdigit()
