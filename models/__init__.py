"""Networks and what feeds them.

Threads of the tensor library wait asleep instead of spinning: beside a window, a player and a render worker, spinning
threads hold the processor that the working ones need (measured: up to twenty times slower on two busy cores).
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # read once, when the library is loaded
