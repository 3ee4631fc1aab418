"""How the sandbox plays a provider's whims: rules by share or by address, written in plain words."""
