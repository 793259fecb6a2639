"""The product as a whole, under kills, disorder and bad input."""
