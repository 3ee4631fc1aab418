"""Human or machine. Pure: no module here knows of Django or of a database."""
