"""Files → tables and rasters, validated at the door."""
