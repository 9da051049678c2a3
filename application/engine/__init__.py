"""How runs are worked off: claimed, executed node by node, recorded, finished."""
