"""An import carried through: uploaded, checked, foretold, run."""
