"""Ships an update of a model, or refuses it: screen, teach, gate, publish, and the history."""
