"""Training of the diffusion renderer: data, objective, loop."""
