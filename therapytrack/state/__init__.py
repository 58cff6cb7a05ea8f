"""One module per page: what the browser may see and ask for. Rights are decided further in."""
