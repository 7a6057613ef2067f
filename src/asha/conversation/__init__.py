"""One turn of talk and its tools."""
