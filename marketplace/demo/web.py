"""The demo's web server: ASGI on sockets that the launcher bound."""

from __future__ import annotations

import socket
import sys
import warnings

import uvicorn

if __name__ == "__main__":
    warnings.filterwarnings("ignore", "No directory at", UserWarning)  # files come from their sources here
    config = uvicorn.Config(
        "marketplace.asgi:application",
        lifespan="off",
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(number)) for number in sys.argv[1:]])
