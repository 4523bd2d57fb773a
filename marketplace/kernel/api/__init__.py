"""What REST doors share: parsing, problems, pages, tags, field types and the description of it all."""
