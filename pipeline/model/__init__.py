"""Frozen records that cross rooms. They hold data and decide nothing."""
