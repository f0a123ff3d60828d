"""The numbers of a ledger computed from one step's file at a time, in little memory."""
