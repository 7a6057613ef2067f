"""What a turn may do: one small file per group of tools."""
