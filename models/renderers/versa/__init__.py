"""The `versa` backend: pose-guided Stable Video Diffusion with a face adapter, in diffusers.

Import the modules that you need; nothing here loads torch by itself.
"""
