"""Who may do what: one table, one gate. The only way from an id to a record."""
