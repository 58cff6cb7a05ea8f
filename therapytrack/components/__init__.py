"""What pages share: the shell, controls, forms, states of a page, tables, marks. No query, no arithmetic."""
