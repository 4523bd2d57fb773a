"""The demo: engines, web server, worker and clock under one launcher."""
