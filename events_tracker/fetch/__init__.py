"""Events of any window and facts of accounts, from Segware and from what is remembered."""
