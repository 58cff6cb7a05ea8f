"""The few plain HTTP routes that a websocket cannot serve."""
