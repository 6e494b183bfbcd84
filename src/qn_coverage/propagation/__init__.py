"""Physics: arrays in, dB out. No file, no table, no CRS."""
