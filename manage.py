#!/usr/bin/env python
"""Django's command line for the desk."""

import os
import sys

from django.core.management import execute_from_command_line

from config.processes.garbage import load_undisturbed
from config.processes.private_files import keep_private

if __name__ == "__main__":
    keep_private()
    load_undisturbed()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    execute_from_command_line(sys.argv)
