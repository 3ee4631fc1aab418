"""The pages of the image library."""
