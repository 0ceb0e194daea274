"""Tests of `models.renderers`."""
