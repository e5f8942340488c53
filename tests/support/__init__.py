"""What tests of more than one feature share; a feature's own helpers are in its folder."""
