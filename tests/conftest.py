"""What every test needs: thousands of Qt calls in one process (see `widgets.bool_guard`)."""

from widgets.bool_guard import guard_bools

guard_bools()
