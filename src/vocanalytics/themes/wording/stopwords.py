"""Words that hold a sentence together and say nothing about its subject; a phrase neither begins nor ends with one."""

from __future__ import annotations

_ENGLISH = """
a about after again against all already also always am an and another any anybody anyone anything are aren around as at
away be because been before being below between both but by can cannot cant could couldn did didn do does doesn
doing don done down during each either else even ever every everyone everything few for from get gets getting give
given go goes going gone got had hadn has hasn have haven having he her here hers him his how however i if im in
instead into is isn it its itself ive just keep keeps kind know last least less let like long lot lots made make makes
making many may maybe me might mine more most much must my myself near need needs neither never next no nor not
nothing now of often ok okay on once one only onto or other others our ours over own per perhaps possible
quite rather really said same say says see seem seems several shall she should shouldn since so some somebody someone
something sometimes somewhere soon still such sure take takes tell than that thats the their theirs them then there
these they thing things think this those though through thus till to together too toward try trying two under unless
until upon us use used using very via want wants was wasn way we well went were weren what whatever when where
whether which while who whom whose why will wish with within without won would wouldn yes yet you your yours yourself
"""
_CHATTER = """
arent couldnt didnt doesnt dont hasnt havent isnt shouldnt wasnt werent wont wouldnt
anyway asap dear etc good great guys happen happened happening happens hello help hey hi hope kindly look looking love
nice people please plz question regards reason sorry thank thanks time today tomorrow wondering yesterday
"""
_GERMAN = """
aber alle als also am an auch auf aus bei bin bis bitte da damit dann das dass dem den der des die dies diese doch du
ein eine einem einen einer er es für gibt haben hat ich ihr im in ist ja kann kein keine können man mehr mein mich mir
mit muss nach nicht noch nur oder schon sehr sich sie sind so um und uns unser unsere von vor warum was wenn werden wie
wir wird wo zu zum zur über
"""
_FRENCH = """
afin ai au aussi aux avec avez avoir avons bien bonjour c ce ces cette chez comme comment d dans de des donc du elle en
encore est et faire fait il ils j je l la le les leur lui ma mais me merci mes moi mon même n ne nos notre nous on ont
ou où par pas peut plus pour pouvoir pourquoi qu quand que qui s sa sans se ses si sont sur tout très un une vos votre
vous y à être
"""
_SPANISH = """
a al algo alguna como con cuando cómo de del desde donde el ella en entre es esa ese eso esta este esto está están
favor gracias ha hace hacer hay hola la las le les lo los me mi mis muy más necesito no nos nuestra nuestro o para
pero poder por porque puede pueden puedo que quiero qué se ser si sin sobre son su sus sí también te tener tiene
todo un una uno y ya yo
"""
_PORTUGUESE = """
ao aos as com como da das de do dos e ela ele eles em entre essa esse esta este está eu foi isso já mais mas meu minha
muito na nas no nos não nós o obrigado os ou para pela pelo por porque posso precisamos que quando se sem ser seu só
sua são também tem temos ter um uma você à é
"""
_ITALIAN = """
ai al alla anche che chi ci come con così cosa da dal dei del della delle di dove e ed essere fare gli grazie ha hanno
ho i il in io la le lo ma mi mio molto ne nei nel nella noi non nostro o per perché più possiamo posso quando quello
questo se sei si siamo sono su sul tutto un una uno vorrei è
"""
_DUTCH = """
aan als bij dan dat de deze die dit doen door een en er geen graag had heb hebben heeft het hij hoe hoi ik in is je kan
kunnen maar me mee meer met mijn moet na naar niet nog nu of om omdat onder ons onze ook op over te tot u uit van veel
voor waar waarom wat we wel wij willen worden wordt zijn zo zou
"""

STOP_WORDS = frozenset(
    " ".join((_ENGLISH, _CHATTER, _GERMAN, _FRENCH, _SPANISH, _PORTUGUESE, _ITALIAN, _DUTCH)).split()
)
