"""Cron expressions by cronsim, time zones by the IANA database."""
