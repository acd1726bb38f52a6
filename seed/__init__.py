"""What MODO starts with: reference lists, forms, and the demo region, made through the same verbs that people use."""
