"""How Django writes dates, where the form that it comes with is not ours."""
