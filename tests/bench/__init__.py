"""Measurements, never assertions: what one running REX does per second on this machine."""
