#!/usr/bin/env python3
"""Runs Beckon's management commands."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from marketplace.management.commands import demo

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    try:
        if sys.argv[1:2] == ["demo"]:
            # The launcher only starts other processes: without loading the apps it does so two seconds sooner.
            demo.Command().run_from_argv(sys.argv)
        else:
            execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(str(error))
