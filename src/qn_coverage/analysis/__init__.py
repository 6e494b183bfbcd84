"""Tables and rasters → answers. Reads no file, draws nothing."""
