# Tallypost: `make` alone explains.
.DEFAULT_GOAL := help
