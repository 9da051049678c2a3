"""Blueprints of workflows: what they ask, what they draw, and how their drawings follow newer versions."""
