"""Function words of one language that say something in the usual one of their script, or stand in names there."""

from typing import Final

_SAYING_SOMETHING: Final = """
ada af agar ai akan ale als ante apa ar att au av ben bin bis ble bo ca car care ce cel ces che chi ci co com come
como comment con contra cu cum dan dar dat deg dell dem den det dia die dies dig din dit dont door dos dove dus ea ed
ei ej elle em en er era es est et eu fi fie fra ge go ham han hat hay hem hep het hi ho hoe hon hun ia il ile im ind
inn io itu ja jag jak jen jest kai kan ki kim kun lain li lo ma mai man mana mange mas med meg men met mi mig min mint
mit mod mon mot mult mu na nad nas ne ned nem ni nog non nos notre nu num oder od og om op opp os oss ott ou para par
pas pe per plus po pod pour pro reeds sa sale sans se sedan seine sem sen sense ser sera si sia sig sin ska som son
sous su sua sue sur ta tai tan te tem ten til till tom ton tot tout tu ud um un una uno ut va vain van var vi vid
ville volt want word ya yang za али био бити све само уз بر تا تر با را در شد شده بود هر چون آن از
"""
_IN_NAMES: Final = """
al da dal das de del della der des di du el la las le les los von zu
"""

HOMOGRAPHS: Final = frozenset(_SAYING_SOMETHING.split())
"""Words like the Dutch "hoe" and the German "die": alone they are no sign of their language."""

NAME_PARTS: Final = frozenset(_IN_NAMES.split())
"""Words like the Spanish "los" and the German "von": two of them are no sign of their language."""
