"""Measurements, never assertions: what a running REX does per second, beside what the machine does with nothing on it."""
