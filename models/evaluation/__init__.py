"""Judging generated motion: metrics of the field, our evaluator network, physics, gestures and prompts."""
